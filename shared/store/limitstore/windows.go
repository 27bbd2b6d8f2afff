package limitstore

import (
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/shared/keys"
)

// maxWindows bounds the memory of an environment that sees many keys.
const maxWindows = 10_000

// windows is what this environment knows of the windows that run, by key. It decides nothing but
// which update is tried first.
type windows struct {
	mu     sync.Mutex
	starts map[string]time.Time
}

// running reports whether the charge's window is known to have begun.
func (w *windows) running(c keys.Charge) bool {
	start, _ := c.Rate.Window(c.At)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.starts[c.KeyID].Equal(start)
}

// begun notes that the charge's window has begun, if it has one.
func (w *windows) begun(c keys.Charge) {
	if c.Rate == nil {
		return
	}
	start, _ := c.Rate.Window(c.At)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.starts) >= maxWindows {
		clear(w.starts)
	}
	w.starts[c.KeyID] = start
}
