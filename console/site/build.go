package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// build writes the site to the folder, or nothing if the folder is up to date.
//
// The compiled program and the record of what was built are in a folder beside it, so that the site can be
// uploaded as it is.
func build(ctx context.Context, out string, fast bool) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	work := out + ".work"
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	tool, err := findToolchain(ctx)
	if err != nil {
		return err
	}
	program, err := tool.compile(ctx, work)
	if err != nil {
		return err
	}
	s, err := assemble(program, tool)
	if err != nil {
		return err
	}
	stamp := fmt.Sprintf("%s reference=%s fast=%t\n", s.version, hash(s.files[hosting.ReferencePage]), fast)
	if have, err := os.ReadFile(filepath.Join(work, "stamp")); err == nil && string(have) == stamp && exists(filepath.Join(out, "index.html")) {
		return nil
	}
	fresh := filepath.Join(work, "site")
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := s.write(ctx, fresh, fast); err != nil {
		return err
	}
	// Move the old folder away before deleting it, so that it is missing only for a moment while it is being served.
	old := filepath.Join(work, "old")
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(out, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		return err
	}
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, s.report(out))
	return os.WriteFile(filepath.Join(work, "stamp"), []byte(stamp), 0o644)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// report prints the size of the program, which is nearly all that a browser downloads.
func (s site) report(out string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "console: %d files, program %s", len(s.files), megabytes(s.files[s.program]))
	for _, encoding := range hosting.Encodings {
		if info, err := os.Stat(filepath.Join(out, filepath.FromSlash(s.program)+encoding.Suffix)); err == nil {
			fmt.Fprintf(&b, ", %s %.2f MB", strings.TrimPrefix(encoding.Suffix, "."), float64(info.Size())/1e6)
		}
	}
	return b.String()
}

func megabytes(b []byte) string { return fmt.Sprintf("%.2f MB", float64(len(b))/1e6) }
