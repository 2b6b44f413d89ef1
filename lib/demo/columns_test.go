package demo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/demo"
)

func TestColumnsLineUp(t *testing.T) {
	require.Equal(t, `store        count  keys
byUser=bert  2      one, two
→            12
a sentence that is longer than its column
             0      none`, demo.Columns(
		[]string{"store", "count", "keys"},
		[]string{"byUser=bert", "2", "one, two"},
		[]string{"→", "12", ""},
		[]string{"a sentence that is longer than its column"},
		[]string{"", "0", "none"},
	))
	require.Empty(t, demo.Columns())
}
