package main

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// bucket stands in for the bucket that the console was uploaded to: it returns objects by their exact names, with the
// headers that they were uploaded with.
type bucket struct {
	objects map[string]hosting.Object
	content map[string][]byte
}

// newBucket returns a bucket with the site of the folder, and with the configuration.
func newBucket(folder string, configuration []byte) (*bucket, error) {
	objects, err := hosting.Objects(folder)
	if err != nil {
		return nil, err
	}
	b := &bucket{map[string]hosting.Object{}, map[string][]byte{}}
	for _, o := range objects {
		b.objects[o.Name] = o
		if b.content[o.Name], err = os.ReadFile(filepath.Join(folder, filepath.FromSlash(o.Name))); err != nil {
			return nil, err
		}
	}
	b.objects[hosting.Config], _ = hosting.NewObject(hosting.Config)
	b.content[hosting.Config] = configuration
	return b, nil
}

// ServeHTTP implements http.Handler.
func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	o, ok := b.objects[name]
	if !ok {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
		return
	}
	h := w.Header()
	h.Set("Content-Type", o.ContentType)
	h.Set("Cache-Control", o.CacheControl)
	h.Set("ETag", fmt.Sprintf("\"%x\"", md5.Sum(b.content[name])))
	if o.ContentEncoding != "" {
		h.Set("Content-Encoding", o.ContentEncoding)
	}
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(b.content[name])
}
