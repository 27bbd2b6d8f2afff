package process

import (
	"bytes"
	"io"
	"sync"
)

// maxLineBytes is the length at which a line without an end is split.
const maxLineBytes = 256 << 10

// Lines returns a writer that calls sink with every complete line, without its newline. It is for the output of a
// program. Close passes on a last line without a newline.
func Lines(sink func(line string)) io.WriteCloser { return &lines{sink: sink} }

type lines struct {
	mu   sync.Mutex
	sink func(string)
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found && len(l.rest) < maxLineBytes {
			return len(p), nil
		}
		l.sink(string(bytes.TrimSuffix(line, []byte("\r"))))
		l.rest = rest
	}
}

func (l *lines) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.sink(string(l.rest))
		l.rest = nil
	}
	return nil
}
