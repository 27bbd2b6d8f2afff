//go:build js

package session

import (
	"context"
	"syscall/js"
)

// channel is the BroadcastChannel of the tabs of this origin.
var channel = js.Undefined()

// Lock takes a lock of the origin (Web Locks API). A browser without that API locks nothing.
func (Browser) Lock(ctx context.Context, name string) (release func(), err error) {
	locks := js.Global().Get("navigator").Get("locks")
	if !locks.Truthy() {
		return func() {}, nil
	}
	taken := make(chan js.Value, 1) // the function that releases the lock
	var hold, executor js.Func
	executor = js.FuncOf(func(_ js.Value, args []js.Value) any {
		taken <- args[0]
		return nil
	})
	hold = js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("Promise").New(executor)
	})
	locks.Call("request", name, hold)
	done := func(resolve js.Value) {
		resolve.Invoke()
		hold.Release()
		executor.Release()
	}
	select {
	case resolve := <-taken:
		return func() { done(resolve) }, nil
	case <-ctx.Done():
		go func() { done(<-taken) }() // the lock may still be granted: release it
		return nil, context.Cause(ctx)
	}
}

// Tell sends to every other tab of the origin.
func (Browser) Tell(text string) {
	if channel.Truthy() {
		channel.Call("postMessage", text)
	}
}

// Hear receives from the other tabs, for the lifetime of this one.
func (Browser) Hear(heard func(text string)) {
	class := js.Global().Get("BroadcastChannel")
	if !class.Truthy() {
		return
	}
	channel = class.New("arxkeys.session")
	channel.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if data := args[0].Get("data"); data.Type() == js.TypeString {
			go heard(data.String())
		}
		return nil
	}))
}

// Note writes to localStorage. If the storage is full, it does nothing.
func (Browser) Note(name, text string) {
	defer func() { _ = recover() }() // a JavaScript exception is a panic in Go
	if text == "" {
		js.Global().Get("localStorage").Call("removeItem", name)
		return
	}
	js.Global().Get("localStorage").Call("setItem", name, text)
}

// Notes reads from localStorage.
func (Browser) Notes(prefix string) map[string]string {
	notes := map[string]string{}
	for _, name := range keys("localStorage", prefix) {
		notes[name] = js.Global().Get("localStorage").Call("getItem", name).String()
	}
	return notes
}
