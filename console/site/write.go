package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
	"golang.org/x/sync/errgroup"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// pack returns a writer that compresses in the encoding, one of hosting.Encodings. If fast is set, it compresses little.
func pack(encoding string, to io.Writer, fast bool) io.WriteCloser {
	if encoding == "gzip" {
		w, _ := gzip.NewWriterLevel(to, gzip.BestCompression) // can't fail: the level is valid
		return w
	}
	if fast {
		return brotli.NewWriterLevel(to, 5)
	}
	return brotli.NewWriterOptions(to, brotli.WriterOptions{Quality: 11, LGWin: 24})
}

// write writes the site to the folder, with compressed files beside the plain ones. If fast is set, it
// compresses only the console's program, at a low level.
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
		if fast && name != s.program || !hosting.Precompressed(name) {
			continue
		}
		for _, e := range hosting.Encodings {
			if fast && e.Name != "br" {
				continue
			}
			g.Go(func() error { return compress(ctx, e.Name, plain+e.Suffix, content, fast) })
		}
	}
	return g.Wait()
}

func compress(ctx context.Context, encoding, to string, content []byte, fast bool) error {
	var packed bytes.Buffer
	w := pack(encoding, &packed, fast)
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
