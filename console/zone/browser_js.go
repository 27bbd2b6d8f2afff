package zone

import (
	"syscall/js"
	"time"
)

// UseBrowser makes the browser's time zone the local one, with its rules of today: a browser that
// moves to another zone has it after a reload. What can't be read leaves Go's own in place.
func UseBrowser() {
	date := js.Global().Get("Date").New()
	zone, err := location("Local", time.Now(), func(t time.Time) time.Duration {
		date.Call("setTime", t.UnixMilli())
		return time.Duration(-date.Call("getTimezoneOffset").Int()) * time.Minute
	})
	if err == nil {
		time.Local = zone
	}
}
