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
	"regexp"
	"strconv"
	"strings"
)

// policy allows the console to load its own files, run its own program and call its own origin, and nothing else.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// hashed matches the names of files whose content never changes.
var hashed = regexp.MustCompile(`\.[0-9a-f]{10}\.[a-z]+$`)

// mediaTypes are the content types of the console's files. The system's own table differs between machines.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".wasm": "application/wasm", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// encodings are the supported encodings of precompressed files, the best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves the folder.
func Handler(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if path.Ext(name) == "" { // a URL of the console
			name = "index.html"
		}
		if err := serve(w, r, folder, name); errors.Is(err, fs.ErrNotExist) {
			missing(w, name)
		} else if err != nil {
			http.Error(w, "This file can't be read.", http.StatusInternalServerError)
		}
	})
}

func header(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

func missing(w http.ResponseWriter, name string) {
	text := "There is no such file."
	if name == "index.html" {
		text = "The console is not built. The API is at /v1/."
	}
	http.Error(w, text, http.StatusNotFound)
}

// serve sends the file, in the best encoding that exists and that the client accepts.
func serve(w http.ResponseWriter, r *http.Request, folder, name string) error {
	kind, ok := mediaTypes[path.Ext(name)]
	if !ok {
		return fs.ErrNotExist
	}
	original, err := open(folder, name)
	if err != nil {
		return err
	}
	defer original.Close()
	file, encoding := original, ""
	for _, e := range encodings {
		if !accepts(r.Header.Get("Accept-Encoding"), e.name) {
			continue
		}
		if packed, err := open(folder, name+e.suffix); err == nil {
			defer packed.Close()
			file, encoding = packed, e.name
			break
		}
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", fmt.Sprintf(`"%x-%x%s"`, info.ModTime().UnixNano(), info.Size(), encoding))
	h.Set("Cache-Control", "no-cache")
	if hashed.MatchString(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
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

// accepts reports whether Accept-Encoding names the encoding, and not with a weight of 0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) != encoding {
			continue
		}
		weight, weighted := strings.CutPrefix(strings.TrimSpace(parameters), "q=")
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
