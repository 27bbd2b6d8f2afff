package openapi

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"strings"
)

// words are the comments and constants in the source code. Types are keyed by package and name, such as
// api.Key.
type words struct {
	types   map[string]string // doc comments
	fields  map[string]string // comments, by type and field name
	choices map[string][]any  // constants of a string type, in order of declaration
}

// read reads the words of the packages, whose source code is in the directories of their names.
func read(source fs.FS, packages ...string) (words, error) {
	w := words{types: map[string]string{}, fields: map[string]string{}, choices: map[string][]any{}}
	for _, p := range packages {
		names, err := fs.Glob(source, p+"/*.go")
		if err != nil {
			return w, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := fs.ReadFile(source, name)
			if err != nil {
				return w, fmt.Errorf("read source: %w", err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
			if err != nil {
				return w, fmt.Errorf("read source: %w", err)
			}
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					w.declaration(p+".", g)
				}
			}
		}
	}
	return w, nil
}

func (w *words) declaration(at string, d *ast.GenDecl) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil {
				doc = d.Doc
			}
			w.types[at+s.Name.Name] = plain(doc)
			if t, ok := s.Type.(*ast.StructType); ok {
				w.structure(at+s.Name.Name+".", t)
			}
		case *ast.ValueSpec:
			w.constant(at, d, s)
		}
	}
}

func (w *words) structure(at string, t *ast.StructType) {
	for _, f := range t.Fields.List {
		comment := plain(f.Doc)
		if comment == "" {
			comment = plain(f.Comment)
		}
		for _, n := range f.Names {
			w.fields[at+n.Name] = comment
		}
	}
}

// constant records a choice: a string constant declared with its type. A constant declared by another
// constant, such as a default, is not a choice.
func (w *words) constant(at string, d *ast.GenDecl, s *ast.ValueSpec) {
	named, ok := s.Type.(*ast.Ident)
	if d.Tok != token.CONST || !ok || len(s.Values) != 1 {
		return
	}
	if literal, ok := s.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
		if value, err := strconv.Unquote(literal.Value); err == nil {
			w.choices[at+named.Name] = append(w.choices[at+named.Name], value)
		}
	}
}

// plain returns a comment as one line.
func plain(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
