package jsvalue

import "syscall/js"

// Array returns the bytes as a Uint8Array.
func Array(content []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(content))
	js.CopyBytesToJS(array, content)
	return array
}

// Bytes returns the bytes of an ArrayBuffer.
func Bytes(buffer js.Value) []byte {
	array := js.Global().Get("Uint8Array").New(buffer)
	content := make([]byte, array.Length())
	js.CopyBytesToGo(content, array)
	return content
}
