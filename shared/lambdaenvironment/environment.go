// Package lambdaenvironment runs a handler in an execution environment of Lambda, from its start to its end.
package lambdaenvironment

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/after"
)

// Life is what an environment does besides serving events. The zero value does nothing.
type Life struct {
	// Ready returns once all is there that the first event needs: before, none is asked for.
	Ready func()
	// End has half a second, from the SIGTERM by which Lambda says that the environment ends, to those
	// who ask to be told, to its end.
	End func()
}

// Start serves events and does not return. After each answer it does what was put off by [after.Answer].
func Start(invoke func(context.Context, []byte) ([]byte, error), life Life) {
	var options []lambda.Option
	if life.End != nil {
		options = append(options, lambda.WithEnableSIGTERM(func() {
			life.End()
			os.Exit(0)
		}))
	}
	handler := lambda.NewHandlerWithOptions(after.Serve(invoke), options...) // asks to be told of the end, meanwhile Ready gets ready
	if life.Ready != nil {
		life.Ready()
	}
	_ = growStack()
	lambda.Start(handler)
}

// growStack makes room on the stack of the goroutine that serves, while there is next to nothing on it. It would be
// doubled four times under the first call of the SDK otherwise, each time with all that is on it.
//
//go:noinline
func growStack() byte {
	var room [48 << 10]byte
	return room[len(os.Args)]
}
