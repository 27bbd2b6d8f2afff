package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// singleKeysKey is set in localStorage if shortcuts of single keys are switched off.
const singleKeysKey = "arxkeys.shortcuts"

// SingleKeys reports whether shortcuts of single keys are on.
func SingleKeys() bool {
	storage := app.Window().Get("localStorage")
	return !storage.Truthy() || !storage.Call("getItem", singleKeysKey).Truthy()
}

// SetSingleKeys switches shortcuts of single keys on or off in this browser.
func SetSingleKeys(on bool) {
	storage := app.Window().Get("localStorage")
	if on {
		storage.Call("removeItem", singleKeysKey)
		return
	}
	storage.Call("setItem", singleKeysKey, "off")
}
