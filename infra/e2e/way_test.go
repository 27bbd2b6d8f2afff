package e2e

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// way is a relay to the engine on a port of its own, which a scenario can cut.
type way struct {
	listener net.Listener
	to       string       // host:port of the engine
	opened   atomic.Int32 // number of connections

	mu    sync.Mutex
	isCut bool
	open  map[net.Conn]bool
}

// newWay returns a relay to the address.
func newWay(to string) (*way, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &way{listener: l, to: to, open: map[net.Conn]bool{}}
	go w.serve()
	return w, nil
}

func (w *way) address() string { return w.listener.Addr().String() }

func (w *way) serve() {
	for {
		from, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.opened.Add(1)
		go w.relay(from)
	}
}

// relay forwards bytes in both directions until one side ends or the relay is cut, and records DynamoDB calls.
func (w *way) relay(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", w.to)
	if err != nil || !w.enter(from, to) {
		return
	}
	defer to.Close()
	defer w.leave(from, to)
	heard, hear := io.Pipe()
	var all sync.WaitGroup
	all.Go(func() { asked.listen(heard) })
	all.Go(func() {
		io.Copy(to, io.TeeReader(from, hear))
		hear.Close()
		to.Close()
	})
	all.Go(func() {
		io.Copy(from, to)
		from.Close()
	})
	all.Wait()
}

func (w *way) enter(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		if w.isCut {
			c.Close()
		} else {
			w.open[c] = true
		}
	}
	return !w.isCut
}

func (w *way) leave(conns ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		delete(w.open, c)
	}
}

// cut closes all connections and refuses new ones, or accepts them again.
func (w *way) cut(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = yes
	for c := range w.open {
		if yes {
			c.Close()
		}
	}
}
