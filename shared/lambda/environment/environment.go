// Package environment runs a handler in a Lambda execution environment.
package environment

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// Hooks are called during the life of an environment. The zero value does nothing.
type Hooks struct {
	// BeforeFirst delays the first event until it returns.
	BeforeFirst func()
	// OnShutdown has half a second, between Lambda's SIGTERM and the end of the environment. Lambda sends
	// SIGTERM only to functions with an extension, which Start registers.
	OnShutdown func()
}

// Ending returns the hooks with work that runs first in OnShutdown. Hooks without OnShutdown are returned
// unchanged: the work is not worth an extension.
func (h Hooks) Ending(work func(context.Context)) Hooks {
	if next := h.OnShutdown; next != nil {
		h.OnShutdown = func() {
			work(context.Background())
			next()
		}
	}
	return h
}

// Start serves events and does not return. After each response it runs the work deferred by
// [after.Response].
func Start(invoke func(context.Context, []byte) ([]byte, error), hooks Hooks) {
	var options []lambda.Option
	if hooks.OnShutdown != nil {
		options = append(options, lambda.WithEnableSIGTERM(func() {
			hooks.OnShutdown()
			os.Exit(0)
		}))
	}
	// NewHandlerWithOptions registers for SIGTERM in the background, while BeforeFirst runs.
	handler := lambda.NewHandlerWithOptions(after.Serve(invoke), options...)
	if hooks.BeforeFirst != nil {
		hooks.BeforeFirst()
	}
	_ = growStack()
	lambdalog.Redirect()
	lambda.Start(handler)
}

// growStack grows the stack of the serving goroutine while it is nearly empty. Otherwise the first call of
// the SDK doubles it four times, and each time copies what is on it.
//
//go:noinline
func growStack() byte {
	var headroom [48 << 10]byte
	return headroom[len(os.Args)]
}
