package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// site is the site to write: contents by path, such as web/icons.svg.
type site struct {
	files   map[string][]byte
	program string // path of the program
	version string // hash over all files of the console, without the reference
}

// page is the data of the template index.html.
type page struct {
	Program         string
	ProgramBytes    int
	Theme           string // script that runs before the first paint
	Typeface        string
	Styles, Scripts []string
	Policy          string // Content-Security-Policy
}

// typeface is the file of the typeface, which tokens.css names.
const typeface = "arxkeys-sans.woff2"

// assemble builds the site from console/web, the program and the toolchain's wasm_exec.js.
func assemble(program []byte, tool toolchain) (site, error) {
	web := filepath.Join(tool.module, "console", "web")
	sources, err := read(web)
	if err != nil {
		return site{}, err
	}
	if sources["wasm_exec.js"], err = tool.glue(); err != nil {
		return site{}, err
	}
	sources["app.wasm"] = program

	s := site{files: map[string][]byte{}}
	hashed := func(name string) string {
		extension := path.Ext(name)
		to := fmt.Sprintf("web/%s.%s%s", strings.TrimSuffix(name, extension), hash(sources[name]), extension)
		s.files[to] = sources[name]
		delete(sources, name)
		return "/" + to
	}
	p := page{ProgramBytes: len(program), Program: hashed("app.wasm"), Theme: hashed("theme.js"), Typeface: hashed(typeface), Policy: hosting.PagePolicy()}
	sources["tokens.css"] = bytes.ReplaceAll(sources["tokens.css"], []byte("/web/"+typeface), []byte(p.Typeface))
	s.program = strings.TrimPrefix(p.Program, "/")
	for _, name := range []string{"tokens.css", "components.css", "pages.css"} { // in the order of the cascade
		p.Styles = append(p.Styles, hashed(name))
	}
	for _, name := range []string{"signin.js", "first.js", "wasm_exec.js", "boot.js"} { // each uses the ones before it
		p.Scripts = append(p.Scripts, hashed(name))
	}

	var index bytes.Buffer
	t, err := template.New("index.html").Parse(string(sources["index.html"]))
	if err != nil {
		return site{}, err
	}
	if err := t.Execute(&index, p); err != nil {
		return site{}, err
	}
	s.files["index.html"] = index.Bytes()
	s.files["manifest.webmanifest"] = sources["manifest.webmanifest"]
	worker := sources["sw.js"]
	for _, name := range []string{"index.html", "manifest.webmanifest", "sw.js"} {
		delete(sources, name)
	}
	for name, content := range sources { // icons keep their names, which style sheets and the program contain
		s.files["web/"+name] = content
	}
	s = s.seal(worker)
	return s, s.addReference(tool)
}

// seal sets the site's version, and gives the service worker the list of files.
func (s site) seal(worker []byte) site {
	shell := struct {
		Version string   `json:"version"`
		Files   []string `json:"files"`
	}{}
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintf(all, "%s %s\n", name, hash(s.files[name]))
		shell.Files = append(shell.Files, "/"+name)
	}
	all.Write(worker)
	s.version = hex.EncodeToString(all.Sum(nil)[:8])
	shell.Version = s.version
	list, _ := json.Marshal(shell) // can't fail: strings
	s.files["sw.js"] = slices.Concat([]byte("const shell = "), list, []byte(";\n"), worker)
	return s
}

// hash returns a short hash, long enough to tell apart versions of one file.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:5])
}

// read returns the contents of the folder's files, by name.
func read(folder string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		return err
	})
	return files, err
}
