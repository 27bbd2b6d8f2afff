package zone

import (
	"syscall/js"
	"time"
)

// UseBrowser sets time.Local to the browser's time zone, with its name, such as Europe/Berlin. If the browser moves to another zone, it takes
// effect after a reload. If the zone can't be read, time.Local stays as it is.
func UseBrowser() {
	date := js.Global().Get("Date").New()
	name := "Local"
	if known := js.Global().Get("Intl").Call("DateTimeFormat").Call("resolvedOptions").Get("timeZone"); known.Truthy() {
		name = known.String()
	}
	zone, err := location(name, time.Now(), func(t time.Time) time.Duration {
		date.Call("setTime", t.UnixMilli())
		return time.Duration(-date.Call("getTimezoneOffset").Int()) * time.Minute
	})
	if err == nil {
		time.Local = zone
	}
}
