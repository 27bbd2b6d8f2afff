package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// names returns the names of the objects in the stack's bucket.
func (w *world) names() (names []string) {
	for _, o := range w.objects(w.deployed()["ConsoleBucket"]) {
		names = append(names, o.Name)
	}
	return names
}

func program(release int) string {
	return "web/app." + strings.Repeat(fmt.Sprint(release), 10) + ".wasm"
}

func TestFilesOfEarlierReleasesStayForPagesThatAreOpen(t *testing.T) {
	w := newWorld(t, "releases")
	w.must("up")
	for release := 1; release < 8; release++ {
		w.site(fmt.Sprint(release))
		w.must("up")
		names := w.names()
		for r := range 8 {
			if got, want := slices.Contains(names, program(r)), r <= release && r > release-keptReleases; got != want {
				t.Errorf("after release %d, the files of %d are there: %t, want %t", release, r, got, want)
			}
		}
	}
	w.site("7")
	w.write("build/console/web/icons.svg", "<svg id='new'/>") // a file without a hash: not a release of its own
	w.must("up")
	if names := w.names(); !slices.Contains(names, program(3)) {
		t.Errorf("another icon drops a release: %q", names)
	}
	w.site("5") // back to an earlier release
	w.must("up")
	if names := w.names(); !slices.Contains(names, program(7)) || !slices.Contains(names, program(3)) {
		t.Errorf("a rollback drops a release: %q", names)
	}
}

func TestWhatDiffersInTheBucketIsUploadedAgain(t *testing.T) {
	w := newWorld(t, "changed")
	w.must("up")
	bucket, want := w.deployed()["ConsoleBucket"], w.state()
	put := func(name, content, kind, cache string) {
		t.Helper()
		in := &s3.PutObjectInput{Bucket: &bucket, Key: &name, Body: strings.NewReader(content), ContentType: &kind, CacheControl: &cache}
		if _, err := w.aws.files.PutObject(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	put("index.html", "<b>other</b>", "text/html; charset=utf-8", "no-cache")
	put("web/icons.svg", "<svg/>", "text/plain", "no-cache")
	put(program(0), "program 0", "application/wasm", "no-cache")
	put("left-over.txt", "", "text/plain", "")
	if _, err := w.aws.files.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("sw.js")}); err != nil {
		t.Fatal(err)
	}
	if out := w.must("up"); !strings.Contains(out, "4 uploaded, 1 of old releases deleted") {
		t.Errorf("it prints\n%s", out)
	}
	got := w.state()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d things, want %d", len(got), len(want))
	}
}

// A browser that gets the page or the service worker during an upload finds every file that they name.
func TestPageAndServiceWorkerAreUploadedLast(t *testing.T) {
	w := newWorld(t, "ordered")
	w.must("up")
	var puts []string
	for _, r := range w.requests {
		if name, ok := strings.CutPrefix(r, "PUT /"+w.deployed()["ConsoleBucket"]+"/"); ok {
			puts = append(puts, name)
		}
	}
	want := []string{"index.html", "index.html.br", "index.html.gz", "sw.js", "sw.js.br", "sw.js.gz"}
	if len(puts) < 15 || !slices.Equal(puts[len(puts)-6:], want) {
		t.Errorf("the last uploads are %q, want %q", puts, want)
	}
}
