// Package hosting describes how the console's static files are served: which file a URL returns, and with which headers.
// The laptop's server, the upload to AWS and the tests of the CloudFront distribution use it.
package hosting

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Page is the file of every URL of the console that is not a file's.
const Page = "index.html"

// ReferencePage is the file of every URL of the API reference that is not a file's.
const ReferencePage = "reference/index.html"

// Config is the console's configuration. It is no file of the site: each deployment writes its own.
const Config = "config.json"

// Object is a file of the console with its HTTP headers.
type Object struct {
	Name            string // in the folder, and without a leading slash in URLs, such as web/app.0123456789.wasm.br
	ContentType     string
	ContentEncoding string // empty if the file is not compressed
	CacheControl    string
}

// Encoding is an encoding of precompressed files, which have the suffix.
type Encoding struct{ Name, Suffix string }

// Encodings are the encodings of precompressed files, the best first.
var Encodings = []Encoding{{"br", ".br"}, {"gzip", ".gz"}}

// mediaTypes are the content types by extension. The system's own table differs between machines.
var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".wasm": "application/wasm", ".json": "application/json", ".webmanifest": "application/manifest+json",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// precompressed are the extensions of files that have a compressed version in each of Encodings.
var precompressed = []string{".html", ".js", ".css", ".svg", ".wasm", ".webmanifest"}

// hashed matches the names of files whose content never changes.
var hashed = regexp.MustCompile(`\.[0-9a-f]{10}\.[0-9a-z]+$`)

// Precompressed reports whether the site has compressed versions of the file.
func Precompressed(name string) bool { return slices.Contains(precompressed, path.Ext(name)) }

// NewObject returns the object with the name, and whether the console may have one: the type must be known.
func NewObject(name string) (Object, bool) {
	o := Object{Name: name, CacheControl: "no-cache"}
	plain := name
	for _, e := range Encodings {
		if before, ok := strings.CutSuffix(name, e.Suffix); ok {
			plain, o.ContentEncoding = before, e.Name
		}
	}
	if hashed.MatchString(plain) {
		o.CacheControl = "public, max-age=31536000, immutable"
	}
	var known bool
	o.ContentType, known = mediaTypes[path.Ext(plain)]
	return o, known
}

// late are the files that name others, in the order in which they must be uploaded, with their compressed versions.
var late = []string{ReferencePage, Page, "sw.js"}

// Late reports whether the object must be uploaded after all that are not late, and after the late ones before it.
func (o Object) Late() bool { return o.rank() >= 0 }

func (o Object) rank() int {
	return slices.IndexFunc(late, func(name string) bool { return strings.HasPrefix(o.Name, name) })
}

// Objects returns the objects of a folder that console/site has built, in the order in which they must be uploaded: the
// pages and the service worker come last, so that they never name a file that is missing. A file of an unknown type is an
// error, and so is one whose compressed version is missing, as after a build with -fast: the distribution would ask for it.
func Objects(folder string) ([]Object, error) {
	var objects []Object
	there := map[string]bool{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		o, ok := NewObject(name)
		if !ok {
			return fmt.Errorf("%s has an unknown type: add it to console/hosting", name)
		}
		objects, there[name] = append(objects, o), true
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		for _, e := range Encodings {
			if Precompressed(o.Name) && !there[o.Name+e.Suffix] {
				return nil, fmt.Errorf("%s is missing: build the console without -fast", o.Name+e.Suffix)
			}
		}
	}
	slices.SortStableFunc(objects, func(a, b Object) int { return a.rank() - b.rank() })
	return objects, nil
}

// Reference reports whether a URL path belongs to the API reference, which has its own headers.
func Reference(urlPath string) bool { return strings.HasPrefix(urlPath, "/reference") }

// File returns the name of the file that a URL path returns: a page, unless the last segment has an extension.
func File(urlPath string) string {
	if !strings.Contains(urlPath[strings.LastIndex(urlPath, "/")+1:], ".") {
		if Reference(urlPath) {
			return ReferencePage
		}
		return Page
	}
	return strings.TrimPrefix(urlPath, "/")
}

// Accepted returns the encodings that Accept-Encoding names with a weight above 0, the best first.
func Accepted(acceptEncoding string) (accepted []Encoding) {
	for _, e := range Encodings {
		if accepts(acceptEncoding, e.Name) {
			accepted = append(accepted, e)
		}
	}
	return accepted
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(strings.ToLower(header), ",") {
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
