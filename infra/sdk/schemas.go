package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// methods returns the names of an interface's methods.
func methods(source []byte, name string) (found []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		if i, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, method := range i.Methods.List {
				for _, name := range method.Names {
					found = append(found, name.Name)
				}
			}
		}
		return false
	})
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no interface %s that names an operation", name)
	}
	return found, nil
}

// schemas is the file in which the SDK describes the shapes of DynamoDB's API to itself: a variable for each, and an
// init that puts their members into them.
type schemas struct {
	source []byte
	files  *token.FileSet
	shapes map[string]*ast.GenDecl
	order  []string // of the shapes, as they follow each other
	init   []member
}

// member is a statement of init, by which a shape has a member.
type member struct {
	statement ast.Stmt
	shape     string
	names     []string // of all that the statement takes
}

// errLooks is for a version of the SDK that this was not written for.
var errLooks = errors.New("the SDK's description of the API looks otherwise than it did: see how it does now, and mend infra/sdk")

// describeOnly returns the file so that only what the operations take and answer is described, and every error. The
// other shapes are declared and nil.
func describeOnly(source []byte, operations []string) ([]byte, error) {
	s, err := parse(source)
	if err != nil {
		return nil, err
	}
	described := map[string]bool{}
	var describe func(name string)
	describe = func(name string) {
		shape, known := s.shapes[name]
		if !known || described[name] {
			return
		}
		described[name] = true
		for _, other := range names(shape) {
			describe(other)
		}
		for _, m := range s.init {
			if m.shape == name {
				for _, other := range m.names {
					describe(other)
				}
			}
		}
	}
	for _, operation := range operations {
		for _, name := range []string{operation, operation + "Input", operation + "Output"} {
			if _, known := s.shapes[name]; !known {
				return nil, fmt.Errorf("%w: it has no %s", errLooks, name)
			}
			describe(name)
		}
	}
	for name, shape := range s.shapes {
		if bytes.Contains(s.text(shape), []byte("smithytraits.Error{")) || bytes.Contains(s.text(shape), []byte("smithy.NewServiceSchema(")) {
			describe(name)
		}
	}
	var out bytes.Buffer
	at := 0
	replace := func(n ast.Node, by string) {
		out.Write(source[at:s.offset(n.Pos())])
		out.WriteString(by)
		at = s.offset(n.End())
	}
	for _, name := range s.order {
		if shape := s.shapes[name]; !described[name] && !declaresOnly(shape) {
			replace(shape, "var "+name+" *smithy.Schema")
		}
	}
	for _, m := range s.init {
		if !described[m.shape] {
			replace(m.statement, "")
		}
	}
	out.Write(source[at:])
	return out.Bytes(), nil
}

func parse(source []byte) (*schemas, error) {
	s := &schemas{source: source, files: token.NewFileSet(), shapes: map[string]*ast.GenDecl{}}
	file, err := parser.ParseFile(s.files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, declared := range file.Decls {
		switch d := declared.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			spec, ok := d.Specs[0].(*ast.ValueSpec)
			if !ok || d.Tok != token.VAR || len(d.Specs) != 1 || len(spec.Names) != 1 {
				return nil, errLooks
			}
			name := spec.Names[0].Name
			s.shapes[name], s.order = d, append(s.order, name)
		case *ast.FuncDecl:
			if d.Name.Name != "init" || len(s.init) > 0 {
				return nil, errLooks
			}
			for _, statement := range d.Body.List {
				m, ok := memberOf(statement)
				if !ok {
					return nil, errLooks
				}
				s.init = append(s.init, m)
			}
		}
	}
	if len(s.shapes) == 0 || len(s.init) == 0 {
		return nil, errLooks
	}
	return s, nil
}

// memberOf reads a statement such as
//
//	GetItemInput_Key = GetItemInput.AddMember("Key", _Key)
func memberOf(statement ast.Stmt) (m member, ok bool) {
	assignment, ok := statement.(*ast.AssignStmt)
	if !ok || len(assignment.Rhs) != 1 {
		return m, false
	}
	call, ok := assignment.Rhs[0].(*ast.CallExpr)
	if !ok {
		return m, false
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || method.Sel.Name != "AddMember" {
		return m, false
	}
	shape, ok := method.X.(*ast.Ident)
	if !ok {
		return m, false
	}
	return member{statement: statement, shape: shape.Name, names: names(statement)}, true
}

// names returns all names within the node.
func names(n ast.Node) (found []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = append(found, id.Name)
		}
		return true
	})
	return found
}

// declaresOnly reports whether the variable has no value, as those have that init fills.
func declaresOnly(d *ast.GenDecl) bool { return len(d.Specs[0].(*ast.ValueSpec).Values) == 0 }

func (s *schemas) offset(p token.Pos) int { return s.files.Position(p).Offset }

func (s *schemas) text(n ast.Node) []byte { return s.source[s.offset(n.Pos()):s.offset(n.End())] }

// withoutPartitions returns the file of the SDK's former way to find endpoints without the list of regions and the patterns
// of their names, which it makes at every start. What finds endpoints now has its own.
func withoutPartitions(source []byte) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	at, found := 0, 0
	for _, declared := range file.Decls {
		d, ok := declared.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR || len(d.Specs) != 1 {
			continue
		}
		spec := d.Specs[0].(*ast.ValueSpec)
		by, ok := map[string]string{
			"partitionRegexp":   "var _ *regexp.Regexp // of regions' names, which only the partitions ask for",
			"defaultPartitions": "var defaultPartitions endpoints.Partitions",
		}[spec.Names[0].Name]
		if !ok {
			continue
		}
		found++
		out.Write(source[at:files.Position(d.Pos()).Offset])
		out.WriteString(by)
		at = files.Position(d.End()).Offset
	}
	if found != 2 {
		return nil, errLooks
	}
	out.Write(source[at:])
	return out.Bytes(), nil
}
