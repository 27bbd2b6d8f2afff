package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
	"golang.org/x/sync/errgroup"
)

// encoding is a way to compress a file in advance, so that the server need not.
type encoding struct {
	suffix string
	pack   func(to io.Writer, fast bool) io.WriteCloser
}

var encodings = []encoding{
	{".br", func(to io.Writer, fast bool) io.WriteCloser {
		if fast {
			return brotli.NewWriterLevel(to, 5)
		}
		return brotli.NewWriterOptions(to, brotli.WriterOptions{Quality: 11, LGWin: 24})
	}},
	{".gz", func(to io.Writer, _ bool) io.WriteCloser {
		w, _ := gzip.NewWriterLevel(to, gzip.BestCompression) // can't fail: the level is valid
		return w
	}},
}

// write writes the site to the folder, with compressed files beside the plain ones. If fast is set, it
// compresses only the program, at a low level.
func (s site) write(ctx context.Context, folder string, fast bool) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for name, content := range s.files {
		plain := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(plain), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(plain, content, 0o644); err != nil {
			return err
		}
		if fast && name != s.program || !compresses(name) {
			continue
		}
		for _, e := range encodings {
			if fast && e.suffix != ".br" {
				continue
			}
			g.Go(func() error { return e.write(ctx, plain+e.suffix, content, fast) })
		}
	}
	return g.Wait()
}

func compresses(name string) bool {
	return slices.Contains([]string{".html", ".js", ".css", ".svg", ".wasm", ".webmanifest"}, path.Ext(name))
}

func (e encoding) write(ctx context.Context, to string, content []byte, fast bool) error {
	var packed bytes.Buffer
	w := e.pack(&packed, fast)
	for chunk := range slices.Chunk(content, 1<<20) { // in pieces, so that Ctrl-C takes effect
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(chunk); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(to, packed.Bytes(), 0o644)
}
