// Package jsvalue converts values between Go and JavaScript in a browser. It is empty unless GOOS is js.
package jsvalue
