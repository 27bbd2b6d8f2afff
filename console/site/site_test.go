package main

import (
	"context"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// built is a site with a placeholder for the program, because compiling takes a minute.
func built(t *testing.T, program string) site {
	t.Helper()
	tool, err := findToolchain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s, err := assemble([]byte(program), tool)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEverythingThatThePageNamesIsThere(t *testing.T) {
	s := built(t, "program")
	named := regexp.MustCompile(`(?:href|src|data-program|data-document)"?[=:] ?"(/[^"#]+)`)
	for _, name := range []string{"index.html", "manifest.webmanifest", "reference/index.html"} {
		found := named.FindAllStringSubmatch(string(s.files[name]), -1)
		if len(found) == 0 {
			t.Errorf("%s names nothing", name)
		}
		for _, f := range found {
			if _, ok := s.files[hosting.File(f[1])]; !ok && !strings.HasPrefix(f[1], "/v1/") {
				t.Errorf("%s names %s, which is not there", name, f[1])
			}
		}
	}
}

func TestPageKeepsTheContentSecurityPolicy(t *testing.T) {
	index := html.UnescapeString(string(built(t, "program").files["index.html"]))
	if !strings.Contains(index, `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; `) || !strings.Contains(index, `; connect-src 'self' https:; `) {
		t.Error("the page has no policy of its own")
	}
	if inline := regexp.MustCompile(`<script>|<style|\son\w+=|\sstyle=`).FindString(index); inline != "" {
		t.Errorf("the policy forbids %q", inline)
	}
}

func TestReferenceNamesNoOtherHostToLoadFrom(t *testing.T) {
	files := built(t, "program").files
	page := html.UnescapeString(string(files[hosting.ReferencePage]))
	if !strings.Contains(page, `<meta http-equiv="Content-Security-Policy" content="`+hosting.ReferencePagePolicy()+`">`) || strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("the page has no policy of its own, or names another host")
	}
	found := 0
	for name, content := range files {
		if !strings.HasPrefix(name, "reference/") {
			continue
		}
		found++
		for _, address := range logos {
			if strings.Contains(string(content), address) {
				t.Errorf("%s loads %s", name, address)
			}
		}
	}
	if found != 4 {
		t.Errorf("the reference has %d files", found)
	}
}

func TestWorkerKeepsEveryFileOfTheConsoleButItself(t *testing.T) {
	s := built(t, "program")
	worker := string(s.files["sw.js"])
	for name := range s.files {
		if got, want := strings.Contains(worker, `"/`+name+`"`), name != "sw.js" && !hosting.Reference("/"+name); got != want {
			t.Errorf("%s kept: %t, want %t", name, got, want)
		}
	}
}

func TestVersionFollowsTheContent(t *testing.T) {
	one, same, other := built(t, "program"), built(t, "program"), built(t, "another program")
	if diff := cmp.Diff(one.files, same.files); diff != "" {
		t.Errorf("the same sources give other files: %s", diff)
	}
	if one.version == other.version || one.program == other.program {
		t.Error("another program has the same version or name: who has the old one would keep it")
	}
}

func TestFilesAreCompressedBesideThePlainOnes(t *testing.T) {
	s := built(t, strings.Repeat("program ", 1000))
	folder := t.TempDir()
	if err := s.write(context.Background(), folder, false); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		plain := filepath.Join(folder, filepath.FromSlash(name))
		if !exists(plain) {
			t.Errorf("%s is missing", name)
		}
		for _, e := range hosting.Encodings {
			if exists(plain+e.Suffix) != !slices.Contains([]string{".png", ".woff2", ".txt"}, filepath.Ext(name)) {
				t.Errorf("%s%s: there is %t", name, e.Suffix, exists(plain+e.Suffix))
			}
		}
	}
	packed, err := os.ReadFile(filepath.Join(folder, s.program+".br"))
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) >= len(s.files[s.program]) {
		t.Errorf("%d bytes packed, %d plain", len(packed), len(s.files[s.program]))
	}
}
