package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Download saves a file through the browser. The content is not sent anywhere: it is a blob of this
// page, released as soon as the browser has read it.
func Download(name, mediaType, content string) {
	window := app.Window()
	blob := window.Get("Blob").New([]any{content}, map[string]any{"type": mediaType})
	address := window.Get("URL").Call("createObjectURL", blob)
	link := window.Get("document").Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	window.Get("URL").Call("revokeObjectURL", address)
}
