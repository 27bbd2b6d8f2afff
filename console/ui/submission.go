package ui

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Submission is the request that a form sends, one at a time. The zero value has sent nothing.
type Submission struct {
	Running bool
	Err     error // why the last request failed; nil where that is wrong in fields
}

// Begin reports whether the form may be sent: nothing is invalid. Where something is, the focus goes to
// the first field that is.
func (s *Submission) Begin(ctx app.Context, f *Form, invalid error) bool {
	s.Err = nil
	if !f.Submit(invalid) {
		FocusError(ctx)
		return false
	}
	return true
}

// Submit sends the request, and then calls done with the answer. Where the server refuses fields, the
// form shows that; any other error is in s.Err. The context is the page's.
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
