package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// singleKeysKey is set in localStorage if shortcuts of single keys are switched off.
const singleKeysKey = "arxkeys.shortcuts"

// PlainShortcuts reports whether shortcuts of single keys are on.
func PlainShortcuts() bool {
	storage := app.Window().Get("localStorage")
	return !storage.Truthy() || !storage.Call("getItem", singleKeysKey).Truthy()
}

// SetPlainShortcuts switches shortcuts of single keys on or off in this browser.
func SetPlainShortcuts(on bool) {
	storage := app.Window().Get("localStorage")
	if on {
		storage.Call("removeItem", singleKeysKey)
		return
	}
	storage.Call("setItem", singleKeysKey, "off")
}
