package api

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Place is where in an HTTP request a parameter goes. Its text is the tag that says so.
type Place string

// The places beside the body.
const (
	InPath   Place = "path"
	InQuery  Place = "query"
	InHeader Place = "header"
)

// Binding is the plan of where a request's fields go. Both sides follow it: the client to write a
// request, the function to read it.
type Binding struct {
	Params  []Param  // fields tagged path, query or header, in the order of their declaration
	Members []string // names of the fields that make up the JSON body; none where there is no body

	// MayBeEmpty names the members in which an empty string has a meaning. Everywhere else in a request, a value that is
	// present but empty is refused: it is not a value that was left out.
	MayBeEmpty []string
}

// Param is a field of a request that goes beside the body.
type Param struct {
	Place Place
	Name  string // id of {id}, the query parameter, or the header in its canonical form
	index []int  // as for reflect.Value.FieldByIndex
	kind  kind
}

// kind is how a parameter's text is read and written.
type kind int

const (
	stringKind kind = iota
	intKind
	boolKind
	textKind // encoding.TextMarshaler and TextUnmarshaler, such as time.Time
)

var (
	marshalerType   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// emptyTag says what an empty string means in the member, or in what the member holds.
const emptyTag = "empty"

// Bind returns the plan of a request's type, a struct. Embedded structs count as if their fields
// stood in the request itself. A request that can't be bound is a mistake in this package: Bind
// panics, and a test binds every operation.
func Bind(request reflect.Type) Binding {
	var b Binding
	b.add(request, nil)
	if len(b.Members) == 0 {
		return b
	}
	for _, p := range b.Params {
		if f := request.FieldByIndex(p.index); f.Tag.Get("json") != "-" {
			panic(fmt.Sprintf(`%s.%s: goes in %s, so its tag needs json:"-" to stay out of the body`, request, f.Name, p.Place))
		}
	}
	return b
}

func (b *Binding) add(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(at[:len(at):len(at)], i)
		member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && f.Type.Kind() == reflect.Struct && member == "" {
			b.add(f.Type, index)
			continue
		}
		if !f.IsExported() {
			continue
		}
		if p, ok := param(f, index); ok {
			b.Params = append(b.Params, p)
			continue
		}
		switch member {
		case "":
			panic(fmt.Sprintf("%s.%s: no tag says where it goes: path, query, header or json", t, f.Name))
		case "-":
		default:
			b.Members = append(b.Members, member)
			if f.Tag.Get(emptyTag) != "" {
				b.MayBeEmpty = append(b.MayBeEmpty, member)
			}
		}
	}
}

func param(f reflect.StructField, index []int) (Param, bool) {
	for _, place := range []Place{InPath, InQuery, InHeader} {
		if name, ok := f.Tag.Lookup(string(place)); ok {
			return Param{Place: place, Name: name, index: index, kind: kindOf(f)}, true
		}
	}
	return Param{}, false
}

func kindOf(f reflect.StructField) kind {
	switch {
	case f.Type.Implements(marshalerType) && reflect.PointerTo(f.Type).Implements(unmarshalerType):
		return textKind
	case f.Type.Kind() == reflect.String:
		return stringKind
	case f.Type.Kind() == reflect.Int:
		return intKind
	case f.Type.Kind() == reflect.Bool:
		return boolKind
	}
	panic(fmt.Sprintf("%s: a parameter can't be a %s", f.Name, f.Type))
}

// Text returns the parameter as it goes in its place, before any escaping. The zero value is not
// sent: ok is false.
func (p Param) Text(request any) (text string, ok bool) {
	v := reflect.ValueOf(request).FieldByIndex(p.index)
	if v.IsZero() {
		return "", false
	}
	switch p.kind {
	case intKind:
		return strconv.FormatInt(v.Int(), 10), true
	case boolKind:
		return strconv.FormatBool(v.Bool()), true
	case textKind:
		b, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		return string(b), err == nil
	}
	return v.String(), true
}

// Set gives the request, a pointer to the struct, the parameter that the text holds. Where the
// text is none, ok is false and want says what it has to be: "a whole number". The zero value of a
// text, a number or a time stands for a parameter that was left out, and so is none.
func (p Param) Set(request any, text string) (want string, ok bool) {
	v := reflect.ValueOf(request).Elem().FieldByIndex(p.index)
	switch p.kind {
	case intKind:
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || strconv.Itoa(n) != text { // 0 is how a request says that it was left out
			return "a whole number from 1, such as 25", false
		}
		v.SetInt(int64(n))
	case boolKind:
		if text != "true" && text != "false" {
			return "true or false", false
		}
		v.SetBool(text == "true")
	case textKind:
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil || !strictTime(text) || v.IsZero() {
			return "a time such as 2027-01-31T00:00:00Z", false
		}
	default:
		if text == "" {
			return "text of at least one character", false
		}
		v.SetString(text)
	}
	return "", true
}

// strictTime reports whether a text that Go reads as a time is one of RFC 3339 too: two digits of an hour, a point
// before a fraction, an offset within a day (https://go.dev/issue/54580).
func strictTime(text string) bool {
	if len(text) < len("2006-01-02T15:04:05Z") || text[13] != ':' || strings.ContainsRune(text, ',') {
		return false
	}
	if strings.HasSuffix(text, "Z") {
		return true
	}
	offset := text[len(text)-len("07:00"):]
	return offset[:2] < "24" && offset[3:] < "60"
}
