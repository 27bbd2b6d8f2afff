package lambda

import (
	"crypto/rand"
	"fmt"
)

// invocation is an event and, when it is done, its result.
type invocation struct {
	id     string
	trace  string
	event  []byte
	done   chan struct{} // closed when result and err are set
	result Result
	err    error
}

func newInvocation(event []byte) *invocation {
	id := uuid()
	return &invocation{
		id: id, event: event, done: make(chan struct{}), result: Result{RequestID: id},
		trace: "Root=1-" + id[:8] + "-" + id[9:13] + id[14:18] + id[19:23] + id[24:] + ";Sampled=0",
	}
}

// finish sets the result. Only the first call has an effect. The function's mutex must be held.
func (inv *invocation) finish(payload []byte, err error) {
	if inv.answered() {
		return
	}
	inv.result.Payload, inv.err = payload, err
	close(inv.done)
}

func (inv *invocation) answered() bool {
	select {
	case <-inv.done:
		return true
	default:
		return false
	}
}

// uuid returns a random UUID (RFC 9562, version 4), the form of Lambda's request ids.
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
