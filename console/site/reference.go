package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/arxkeys/arxkeys/console/hosting"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/api/openapi"
)

// redoc renders the reference. npm installs it; its license is in the same folder, and the notices of what it contains are
// in the program itself.
const redoc = "infra/node_modules/redoc"

// Redoc loads its logo from these addresses of its own, which the policy of the page forbids. The name replaces the logo.
var logos = []string{"https://cdn.redoc.ly/redoc/logo-mini-full.svg", "https://cdn.redoc.ly/redoc/logo-mini.svg"}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="14"><text x="0" y="11" font-family="system-ui,sans-serif" font-size="11" fill="#4a7cf0">Redoc</text></svg>`

// referencePage is the data of the reference's index.html.
type referencePage struct {
	Boot, Program, Document string // URLs of scripts
	Icon                    template.URL
	Policy                  string // Content-Security-Policy
}

// addReference adds the files of the API reference to the site. They are not in the service worker's list: the console
// does not need them.
func (s site) addReference(tool toolchain) error {
	program, err := os.ReadFile(filepath.Join(tool.module, filepath.FromSlash(redoc), "bundles", "redoc.standalone.js"))
	if err != nil {
		return fmt.Errorf("read Redoc, which make infra/node_modules/.stamp installs: %w", err)
	}
	for _, address := range logos {
		replaced := bytes.ReplaceAll(program, []byte(address), []byte(dataURL(logo)))
		if bytes.Equal(replaced, program) {
			return fmt.Errorf("%s does not contain %s: find out whether it loads something else from another host", redoc, address)
		}
		program = replaced
	}
	guides, err := guides(tool.module)
	if err != nil {
		return err
	}
	document, err := openapi.Reference(api.Served(), os.DirFS(filepath.Join(tool.module, "shared")), os.DirFS(filepath.Join(tool.module, "infra", "samples")), guides)
	if err != nil {
		return err
	}
	sources, err := read(filepath.Join(tool.module, "console", "reference"))
	if err != nil {
		return err
	}
	icon, err := os.ReadFile(filepath.Join(tool.module, "console", "web", "favicon.svg"))
	if err != nil {
		return err
	}
	hashed := func(name string, content []byte) string {
		extension := path.Ext(name)
		to := fmt.Sprintf("reference/%s.%s%s", strings.TrimSuffix(name, extension), hash(content), extension)
		s.files[to] = content
		return "/" + to
	}
	p := referencePage{
		Boot: hashed("boot.js", sources["boot.js"]), Program: hashed("redoc.js", program),
		Document: hashed("document.js", append([]byte("export default "), document...)),
		Icon:     template.URL(dataURL(string(icon))), Policy: hosting.ReferencePagePolicy(),
	}
	var index bytes.Buffer
	t, err := template.New("index.html").Parse(string(sources["index.html"]))
	if err != nil {
		return err
	}
	if err := t.Execute(&index, p); err != nil {
		return err
	}
	s.files[hosting.ReferencePage] = index.Bytes()
	return nil
}

func dataURL(svg string) string {
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
}
