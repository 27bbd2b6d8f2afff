package auth

import "context"

// WithMeanwhile returns a context with which [Authenticator.Authenticate] calls meanwhile once where it has to
// read who calls, right before it does: so that what will be needed next can be read beside that. Who calls is
// not known then, and may be nobody.
func WithMeanwhile(ctx context.Context, meanwhile func()) context.Context {
	return context.WithValue(ctx, meanwhileKey{}, meanwhile)
}

type meanwhileKey struct{}

func beginMeanwhile(ctx context.Context) {
	if meanwhile, ok := ctx.Value(meanwhileKey{}).(func()); ok {
		meanwhile()
	}
}
