package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const module = "github.com/arxkeys/arxkeys"

// notice is the template with which go-licenses writes a library. It leaves out the license's URL, which would need the
// network.
const notice = `{{range .}}
## {{.Name}} {{.Version}}

{{.LicenseName}}

{{.LicenseText}}
{{end}}`

// legal returns the files that every archive contains: our license, the notices of everything that is linked into
// functions and console, and the bill of materials.
func (r *release) legal(ctx context.Context) ([]file, error) {
	license, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	notices, err := r.notices(ctx)
	if err != nil {
		return nil, err
	}
	bill, err := r.bill(ctx)
	if err != nil {
		return nil, err
	}
	return []file{
		{name: "LICENSE", content: license},
		{name: "THIRD-PARTY-NOTICES.md", content: notices},
		{name: "sbom.cyclonedx.json", content: bill},
	}, nil
}

// notices returns the licenses of everything that is linked.
func (r *release) notices(ctx context.Context) ([]byte, error) {
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	template := filepath.Join(work, "notice")
	if err := os.WriteFile(template, []byte(notice), 0o600); err != nil {
		return nil, err
	}
	toolchain, err := r.command(ctx, "go", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	goroot, version, _ := strings.Cut(strings.TrimSpace(toolchain), "\n")
	ofGo, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("# Third-party notices\n\nThe functions and the console of Arxkeys %s contain the following software.\n\n## The Go standard library %s\n\nBSD-3-Clause\n\n%s\n", r.version, version, ofGo)
	for _, program := range []struct{ title, packages, system, architecture string }{
		{"functions", "./functions/...", "linux", "arm64"},
		{"console", "./console/app", "js", "wasm"},
	} {
		report, err := r.commandWith(ctx, []string{"GOOS=" + program.system, "GOARCH=" + program.architecture, "CGO_ENABLED=0"},
			r.licenses, "report", program.packages, "--ignore", module, "--template", template)
		if err != nil {
			return nil, err
		}
		text += fmt.Sprintf("\n# In the %s\n%s", program.title, report)
	}
	reference, err := r.referenceNotices()
	if err != nil {
		return nil, err
	}
	return []byte(text + reference), nil
}

// legalComment matches the comments that bundlers keep, because licenses require it.
var legalComment = regexp.MustCompile(`(?s)/\*[*!](?:[^*]|\*[^/])*?(?:@license|[Cc]opyright|\blicense\b)(?:[^*]|\*[^/])*\*/`)

// referenceNotices returns the license of Redoc, which renders the API reference, and those that its program contains.
func (r *release) referenceNotices() (string, error) {
	folder := filepath.Join(r.root, "infra", "node_modules", "redoc")
	license, err := os.ReadFile(filepath.Join(folder, "LICENSE"))
	if err != nil {
		return "", err
	}
	program, err := os.ReadFile(filepath.Join(folder, "bundles", "redoc.standalone.js"))
	if err != nil {
		return "", err
	}
	text, seen := "\n# In the API reference\n\n## Redoc\n\nMIT\n\n"+string(license)+"\nIt contains:\n", map[string]bool{}
	for _, comment := range legalComment.FindAllString(string(program), -1) {
		if !seen[comment] {
			seen[comment] = true
			text += "\n" + comment + "\n"
		}
	}
	if len(seen) == 0 {
		return "", fmt.Errorf("%s contains no license: find out where the notices of what it contains are", folder)
	}
	return text, nil
}

// ours matches our module in a bill of materials, with or without a version.
var ours = regexp.MustCompile(`pkg:golang/` + regexp.QuoteMeta(module) + `(@[^?"]*)?\?`)

// bill returns the software bill of materials of the module. The tool takes our version from git, where the tag does
// not exist yet, so the version is replaced here.
func (r *release) bill(ctx context.Context) ([]byte, error) {
	text, err := r.command(ctx, r.sbom, "mod", "-json", "-licenses", "-std", "-noserial", "-notimestamp", ".")
	if err != nil {
		return nil, err
	}
	var bill map[string]any
	if err := json.Unmarshal(ours.ReplaceAll([]byte(text), []byte("pkg:golang/"+module+"@"+r.version+"?")), &bill); err != nil {
		return nil, fmt.Errorf("read the bill of materials: %w", err)
	}
	metadata, _ := bill["metadata"].(map[string]any)
	component, ok := metadata["component"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the bill of materials does not name its component")
	}
	component["version"] = r.version
	delete(metadata, "tools") // contains hashes of the tool's binary, which differ between machines
	return json.MarshalIndent(bill, "", "  ")
}
