// Package environment runs a handler in an execution environment of Lambda, from its start to its end.
package environment

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/after"
)

// Hooks is what an environment does besides serving events. The zero value does nothing.
type Hooks struct {
	// BeforeFirst returns once all is there that the first event needs: before, none is asked for.
	BeforeFirst func()
	// OnShutdown has half a second, from the SIGTERM by which Lambda says that the environment ends, to those
	// who ask to be told, to its end.
	OnShutdown func()
}

// Start serves events and does not return. After each answer it does what was put off by [after.Response].
func Start(invoke func(context.Context, []byte) ([]byte, error), hooks Hooks) {
	var options []lambda.Option
	if hooks.OnShutdown != nil {
		options = append(options, lambda.WithEnableSIGTERM(func() {
			hooks.OnShutdown()
			os.Exit(0)
		}))
	}
	handler := lambda.NewHandlerWithOptions(after.Serve(invoke), options...) // asks to be told of the end, meanwhile Ready gets ready
	if hooks.BeforeFirst != nil {
		hooks.BeforeFirst()
	}
	_ = growStack()
	lambda.Start(handler)
}

// growStack grows the stack of the goroutine that serves, while there is next to nothing on it. It would be
// doubled four times under the first call of the SDK otherwise, each time with all that is on it.
//
//go:noinline
func growStack() byte {
	var headroom [48 << 10]byte
	return headroom[len(os.Args)]
}
