package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// repository returns a release of a repository with one commit, whose changelog has a section for v1.2.0.
func repository(t *testing.T) *release {
	t.Helper()
	r := &release{root: t.TempDir(), version: "v1.2.0"}
	write(t, r, "CHANGELOG.md", "# Changes\n\n## Unreleased\n\n- More.\n\n## v1.2.0 (2026-11-27)\n\nData format: 2, changed.\n\n### Added\n\n- This.\n\n## v1.1.0\n\nData format: 1, first.\n\n- That.\n\n## v1.0.0\n")
	write(t, r, formatFile, "package table\n\nvar format = \"2\"\n")
	git(t, r, "init", "--quiet")
	git(t, r, "add", ".")
	git(t, r, "commit", "--quiet", "--message", "all")
	return r
}

func git(t *testing.T, r *release, arguments ...string) {
	t.Helper()
	arguments = append([]string{"-c", "user.name=Test", "-c", "user.email=test@example.com"}, arguments...)
	if out, err := r.command(t.Context(), "git", arguments...); err != nil {
		t.Fatal(out, err)
	}
}

func write(t *testing.T, r *release, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(r.root, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.root, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNotesAreTheSectionOfTheVersion(t *testing.T) {
	r := repository(t)
	if err := r.check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := "Data format: 2, changed.\n\n### Added\n\n- This.\n"; r.notes != want {
		t.Errorf("the notes are %q, want %q", r.notes, want)
	}
	if time.Since(r.committed) > time.Hour || r.committed.IsZero() {
		t.Errorf("the commit is of %v", r.committed)
	}
}

func TestInvalidReleasesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*release)
		want   string
	}{
		{"no version", func(r *release) { r.version = "" }, `VERSION is ""`},
		{"no v", func(r *release) { r.version = "1.2.0" }, `VERSION is "1.2.0"`},
		{"two numbers", func(r *release) { r.version = "v1.2" }, `VERSION is "v1.2"`},
		{"leading zero", func(r *release) { r.version = "v1.02.0" }, `VERSION is "v1.02.0"`},
		{"build metadata", func(r *release) { r.version = "v1.2.0+a" }, `VERSION is "v1.2.0+a"`},
		{"a path", func(r *release) { r.version = "v1.2.0-a/../b" }, "VERSION is"},
		{"a changed file", func(r *release) { write(t, r, "CHANGELOG.md", "") }, " M CHANGELOG.md"},
		{"a new file", func(r *release) { write(t, r, "new", "") }, "?? new"},
		{"a tag that exists", func(r *release) { git(t, r, "tag", "v1.2.0") }, "the tag v1.2.0 exists"},
		{"no section", func(r *release) { r.version = "v1.3.0" }, "has no section v1.3.0"},
		{"no section, of a pre-release", func(r *release) { r.version = "v1.2.0-rc.1" }, "has no section v1.2.0-rc.1"},
		{"an empty section", func(r *release) { r.version = "v1.0.0" }, "the section v1.0.0 of CHANGELOG.md is empty"},
	} {
		r := repository(t)
		c.change(r)
		if err := r.run(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", c.name, err)
		}
		if _, err := os.Stat(filepath.Join(r.root, folder)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: it wrote files: %v", c.name, err)
		}
	}
}

func TestNotesSayWhetherTheDataFormatChanges(t *testing.T) {
	for _, c := range []struct{ format, notes, earlier, want string }{
		{"1", "Data format: 1, first.\n- This.", "", ""},
		{"1", "Data format: 1, unchanged.", "## v1\nData format: 1, first.", ""},
		{"3", "Data format: 3, changed.", "## v2\nData format: 2, unchanged.\n## v1\nData format: 3, first.", ""},
		{"1", "- This.", "", "Data format: 1, first."},
		{"1", "Data format: 1, unchanged.", "", "Data format: 1, first."},
		{"2", "Data format: 1, unchanged.", "## v1\nData format: 1, first.", "Data format: 2, changed."},
		{"1", "Data format: 1, changed.", "## v1\nData format: 1, first.", "Data format: 1, unchanged."},
		{"1", "Data format: 1, first.\nData format: 1, first.", "", "exactly one"},
	} {
		r := &release{root: t.TempDir(), version: "v9.0.0", notes: c.notes}
		write(t, r, formatFile, "var format = \""+c.format+"\"\n")
		if err := r.checkFormat(c.earlier); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := (&release{root: "../.."}).checkFormat(""); err == nil || !strings.Contains(err.Error(), "Data format: ") {
		t.Errorf("the declaration in %s is not found: %v", formatFile, err)
	}
}

func TestArchiveDependsOnlyOnItsFilesAndTheTime(t *testing.T) {
	at := time.Unix(1_790_000_000, 0)
	root := t.TempDir()
	for name, text := range map[string]string{"build/functions/keys/get/bootstrap": "program", "build/functions/.stamp": "own", "build/functions/me/bootstrap": "another"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := read(root, "build/functions")
	if err != nil {
		t.Fatal(err)
	}
	license := file{name: "LICENSE", content: []byte("text")}
	one, err := pack(append(files, license), at)
	if err != nil {
		t.Fatal(err)
	}
	other, err := pack([]file{license, files[1], files[0]}, at.In(time.FixedZone("", 3600)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Error("the same files give other bytes")
	}
	got := map[string]string{}
	plain, err := gzip.NewReader(bytes.NewReader(one))
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil || !header.ModTime.Equal(at) {
			t.Errorf("%s: %v, of %v", header.Name, err, header.ModTime)
		}
		got[header.Name] = header.FileInfo().Mode().String() + " " + string(content)
	}
	want := map[string]string{
		"LICENSE":                            "-rw-r--r-- text",
		"build/functions/keys/get/bootstrap": "-rwxr-xr-x program",
		"build/functions/me/bootstrap":       "-rwxr-xr-x another",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the archive contains (-want +got):\n%s", diff)
	}
}

func TestNoticesNameWhatTheReferenceContains(t *testing.T) {
	r := release{root: "../.."}
	text, err := r.referenceNotices()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Redocly Inc", "Meta Platforms", "DOMPurify", "js-yaml"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices do not name %s", want)
		}
	}
	if len(text) > 100<<10 {
		t.Errorf("the notices have %d bytes: they contain code", len(text))
	}
}
