package typed

import (
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/testing"
)

// Invoke asks fake, in the name of a method that only one type's client has, GetScale for one. Where there is no answer it
// returns empty, and where a reactor answers with an object of another type an error too: the object tracker does that when
// it is asked for a scale, as it knows no subresources, so that a test needs a reactor for GetScale.
func Invoke[R runtime.Object](fake *testing.Fake, action testing.Action, empty R) (R, error) {
	obj, err := fake.Invokes(action, empty)
	return answer(obj, err, func() R { return empty }, action.GetVerb(), action.GetResource())
}
