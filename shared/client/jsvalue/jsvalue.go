// Package jsvalue carries values between Go and the JavaScript of a browser. It has functions only where
// GOOS is js.
package jsvalue
