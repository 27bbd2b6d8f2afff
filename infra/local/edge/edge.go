// Package edge serves the console's static files like a CDN: precompressed, cached for as long as their names allow,
// with index.html for every URL of the console and with the headers of one strict policy.
package edge

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// Handler serves the folder.
func Handler(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers := hosting.Headers()
		if hosting.Reference(r.URL.Path) {
			headers = hosting.ReferenceHeaders()
		}
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+hosting.File(r.URL.Path)), "/")
		if err := serve(w, r, folder, name); errors.Is(err, fs.ErrNotExist) {
			missing(w, name)
		} else if err != nil {
			http.Error(w, "This file can't be read.", http.StatusInternalServerError)
		}
	})
}

// IsForAll reports whether the request is for a file that pages of every origin may read. These are the files of the API
// reference: they are the same everywhere, and say nothing about this machine except that Arxkeys runs.
func IsForAll(r *http.Request) bool {
	return hosting.Reference(r.URL.Path) && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

func missing(w http.ResponseWriter, name string) {
	text := "There is no such file."
	if name == hosting.Page {
		text = "The console is not built. The API is at /v1/."
	}
	http.Error(w, text, http.StatusNotFound)
}

// serve sends the file, in the best encoding that exists and that the client accepts.
func serve(w http.ResponseWriter, r *http.Request, folder, name string) error {
	object, ok := hosting.NewObject(name)
	if !ok || object.ContentEncoding != "" {
		return fs.ErrNotExist
	}
	original, err := open(folder, name)
	if err != nil {
		return err
	}
	defer original.Close()
	file, encoding := original, ""
	for _, e := range hosting.Accepted(r.Header.Get("Accept-Encoding")) {
		if packed, err := open(folder, name+e.Suffix); err == nil {
			defer packed.Close()
			file, encoding = packed, e.Name
			break
		}
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", object.ContentType)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", fmt.Sprintf(`"%x-%x%s"`, info.ModTime().UnixNano(), info.Size(), encoding))
	h.Set("Cache-Control", object.CacheControl)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		r.Header.Del("Range") // ranges would apply to the encoded bytes
	}
	http.ServeContent(w, r, name, info.ModTime(), file)
	return nil
}

// open opens a file in the folder, and never one outside of it.
func open(folder, name string) (*os.File, error) {
	f, err := os.OpenInRoot(folder, name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		f.Close()
		return nil, fs.ErrNotExist
	}
	return f, nil
}
