package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Submission sends the requests of a form, one at a time. The zero value has sent nothing.
type Submission struct {
	Running bool
	Err     error // why the latest request failed; nil if the form shows the errors in its fields
}

// Begin reports whether the form is valid and may be sent. If it is not, the focus moves to the first
// invalid field.
func (s *Submission) Begin(ctx app.Context, f *Form, invalid error) bool {
	s.Err = nil
	if !f.Submit(invalid) {
		FocusError(ctx)
		return false
	}
	return true
}

// Submit sends the request, then calls done with the answer. The form shows the fields that the server
// refuses; any other error is in s.Err. The context is the page's.
func Submit[T any](ctx app.Context, s *Submission, f *Form, send func(context.Context) (T, error), done func(T)) {
	s.Running, s.Err = true, nil
	ctx.Async(func() {
		answer, err := send(ctx)
		ctx.Dispatch(func(app.Context) {
			s.Running = false
			switch {
			case err == nil:
				done(answer)
			case f.Tell(err):
				FocusError(ctx)
			default:
				s.Err = err
			}
		})
	})
}
