package demo_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/demo"
)

// shelf stores events as they are, until it is told to fail.
type shelf struct{ err error }

func (s *shelf) Create(e *corev1.Event) (*corev1.Event, error)          { return e, s.err }
func (s *shelf) Update(e *corev1.Event) (*corev1.Event, error)          { return e, s.err }
func (s *shelf) Patch(e *corev1.Event, _ []byte) (*corev1.Event, error) { return e, s.err }

func TestSinkTellsWhatBecomesOfEvents(t *testing.T) {
	next := &shelf{}
	sink := demo.Sink{Next: next}
	event := &corev1.Event{InvolvedObject: corev1.ObjectReference{Name: "bert"}, Reason: "Painted", Count: 1}
	stored, err := sink.Create(event)
	require.NoError(t, err)
	require.Same(t, event, stored)
	event.Count = 2
	_, err = sink.Patch(event, nil)
	require.NoError(t, err)

	next.err = apierrors.NewNotFound(corev1.Resource("events"), "bert.1")
	_, err = sink.Patch(event, nil)
	require.ErrorIs(t, err, next.err)
	next.err = errors.New("connection refused")
	_, err = sink.Update(event)
	require.ErrorIs(t, err, next.err)

	rows, err := sink.Take(t.Context(), 4)
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"create", "bert", "Painted", "×1"},
		{"patch", "bert", "Painted", "×2"},
		{"patch", "bert", "Painted", "NotFound"},
		{"update", "bert", "Painted", "connection refused"},
	}, rows)
}

func TestAJournalKeepsALog(t *testing.T) {
	var journal demo.Journal
	journal.Logger().Info("It is [yellow] now", "pod", "bert")
	journal.Logger().Error(errors.New("no paint"), "It isn't")
	journal.Logger().V(1).Info("Nobody wants to know")
	rows, err := journal.Take(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, [][]string{{`"It is [yellow] now" pod="bert"`}, {`"It isn't" err="no paint"`}}, rows)
}
