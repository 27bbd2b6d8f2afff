package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// writers are the functions of the standard library that log or print without redacting access keys.
var writers = map[string][]string{
	"log/slog": {"New", "NewJSONHandler", "NewTextHandler", "Default", "SetDefault", "Debug", "DebugContext", "Info", "InfoContext", "Warn", "WarnContext", "Error", "ErrorContext", "Log", "LogAttrs", "With"},
	"log":      {"Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "New", "Default", "Output"},
	"fmt":      {"Print", "Printf", "Println"},
	"os":       {"Stdout", "Stderr"},
}

// otherLogs returns a complaint for each place where a Go file logs without lambdalog.
func otherLogs(name, source string) (complaints []string) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, 0)
	if err != nil {
		return []string{err.Error()}
	}
	imported := map[string]string{} // import paths, by the name in the file
	for _, i := range file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		local := filepath.Base(path)
		if i.Name != nil {
			local = i.Name.Name
		}
		imported[local] = path
	}
	starts, redirects := false, false
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if !ok {
			return true
		}
		starts = starts || imported[x.Name] == "github.com/aws/aws-lambda-go/lambda" && strings.HasPrefix(s.Sel.Name, "Start")
		redirects = redirects || x.Name == "lambdalog" && s.Sel.Name == "Redirect"
		if slices.Contains(writers[imported[x.Name]], s.Sel.Name) {
			complaints = append(complaints, fmt.Sprintf("%s calls %s.%s: log with lambdalog, which redacts access keys", files.Position(s.Pos()), x.Name, s.Sel.Name))
		}
		return true
	})
	if starts && !redirects {
		complaints = append(complaints, name+" calls lambda.Start, which logs with package log: call lambdalog.Redirect first")
	}
	return complaints
}

func TestFunctionsLogNoAccessKey(t *testing.T) {
	for _, folder := range []string{"shared", "functions"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := filepath.ToSlash(path)
			switch {
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "storetest" || strings.HasSuffix(name, "shared/lambda/log")):
				return filepath.SkipDir
			case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			holds(t, otherLogs(name, string(text)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLogsWithoutRedactionAreFound(t *testing.T) {
	source := func(imports, call string) string {
		return "package p\nimport (" + imports + ")\nfunc f() { " + call + " }"
	}
	complains(t, otherLogs("a.go", source(`"log/slog"`, `slog.New(nil)`)), "slog.New")
	complains(t, otherLogs("a.go", source(`"log/slog"`, `slog.Error("x")`)), "slog.Error")
	complains(t, otherLogs("a.go", source(`l "log"`, `l.Println("x")`)), "l.Println")
	complains(t, otherLogs("a.go", source(`"fmt"`, `fmt.Println("x")`)), "fmt.Println")
	complains(t, otherLogs("a.go", source(`"os"`, `f(os.Stderr)`)), "os.Stderr")
	complains(t, otherLogs("a.go", source(`"log/slog"`, `slog.String("x", "y")`)))
	start := `"github.com/aws/aws-lambda-go/lambda"`
	complains(t, otherLogs("a.go", source(start, `lambda.Start(g)`)), "call lambdalog.Redirect first")
	complains(t, otherLogs("a.go", source(start, `lambdalog.Redirect(); lambda.Start(g)`)))
}
