package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// folder contains a folder for each release.
const folder = "build/release"

// release is a release in progress.
type release struct {
	root, version  string
	licenses, sbom string // paths of the tools
	notes          string // the version's section of CHANGELOG.md
	committed      time.Time
}

// versions matches semantic versions with a leading v, without build metadata, which does not distinguish versions.
var versions = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)

// run builds the release. It creates the tag last, so that a tag exists only if everything else does.
func (r *release) run(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	if _, err := r.command(ctx, "make", "build"); err != nil {
		return err
	}
	legal, err := r.legal(ctx)
	if err != nil {
		return err
	}
	out := filepath.Join(r.root, folder, r.version)
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, a := range []struct{ name, path string }{{"functions", "build/functions"}, {"console", "build/console"}, {"template", "template.yaml"}} {
		files, err := read(r.root, a.path)
		if err != nil {
			return err
		}
		content, err := pack(append(files, legal...), r.committed)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("arxkeys-%s-%s.tar.gz", r.version, a.name)
		if err := os.WriteFile(filepath.Join(out, name), content, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), name)
	}
	if err := errors.Join(
		os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644),
		os.WriteFile(filepath.Join(out, "NOTES.md"), []byte(r.notes), 0o644),
	); err != nil {
		return err
	}
	_, err = r.command(ctx, "git", "tag", "--annotate", "--cleanup=whitespace", "--message", "Arxkeys "+r.version+"\n\n"+r.notes, r.version)
	return err
}

// check returns an error if the release must not be made, and reads its notes and its commit.
func (r *release) check(ctx context.Context) error {
	if !versions.MatchString(r.version) {
		return fmt.Errorf("VERSION is %q: use a semantic version with a v, such as VERSION=v1.2.0", r.version)
	}
	if r.root == "" {
		root, err := r.command(ctx, "git", "rev-parse", "--show-toplevel")
		if err != nil {
			return err
		}
		r.root = strings.TrimSpace(root)
	}
	status, err := r.command(ctx, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if status != "" {
		return fmt.Errorf("the working tree has uncommitted changes; commit or remove them:\n%s", strings.TrimRight(status, "\n"))
	}
	if tag, err := r.command(ctx, "git", "tag", "--list", r.version); err != nil {
		return err
	} else if tag != "" {
		return fmt.Errorf("the tag %s exists: use another version", r.version)
	}
	var earlier string
	if r.notes, earlier, err = section(filepath.Join(r.root, "CHANGELOG.md"), r.version); err != nil {
		return err
	}
	if err := r.checkFormat(earlier); err != nil {
		return err
	}
	seconds, err := r.command(ctx, "git", "show", "--no-patch", "--format=%ct", "HEAD")
	if err != nil {
		return err
	}
	unix, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
	if err != nil {
		return err
	}
	r.committed = time.Unix(unix, 0).UTC()
	return nil
}

// section returns the section of the version in the changelog, without its heading, and all earlier sections.
func section(changelog, version string) (notes, earlier string, err error) {
	text, err := os.ReadFile(changelog)
	if err != nil {
		return "", "", err
	}
	lines := strings.Split(string(text), "\n")
	start := slices.IndexFunc(lines, func(line string) bool { return line == "## "+version || strings.HasPrefix(line, "## "+version+" ") })
	if start < 0 {
		return "", "", fmt.Errorf("CHANGELOG.md has no section %s: rename the heading Unreleased to ## %[1]s and the date, and commit it", version)
	}
	lines = lines[start+1:]
	if end := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "## ") }); end >= 0 {
		lines, earlier = lines[:end], strings.Join(lines[end:], "\n")
	}
	notes = strings.TrimSpace(strings.Join(lines, "\n"))
	if notes == "" {
		return "", "", fmt.Errorf("the section %s of CHANGELOG.md is empty", version)
	}
	return notes + "\n", earlier, nil
}

// command runs a program in the root and returns its standard output. An error contains all of its output.
func (r *release) command(ctx context.Context, name string, arguments ...string) (string, error) {
	return r.commandWith(ctx, nil, name, arguments...)
}

func (r *release) commandWith(ctx context.Context, environment []string, name string, arguments ...string) (string, error) {
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir, cmd.Stderr = r.root, &complaint
	cmd.Env = append(os.Environ(), environment...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, arguments[0], err, out, complaint.Bytes())
	}
	return string(out), nil
}
