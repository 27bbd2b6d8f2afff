package jsvalue

import (
	"errors"
	"syscall/js"
)

// Await returns the value of the promise. A rejection is an error with the reason's text. It must not run
// on the goroutine of an event handler, because the browser waits for that one.
func Await(promise js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1) // buffered, because the promise may settle when nobody receives
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{value: args[0]}
		return nil
	})
	catch := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{err: errors.New(js.Global().Get("String").Invoke(args[0]).String())}
		return nil
	})
	defer then.Release()
	defer catch.Release()
	promise.Call("then", then, catch)
	s := <-done
	return s.value, s.err
}
