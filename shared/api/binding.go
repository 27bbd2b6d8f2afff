package api

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Place is the part of an HTTP request that contains a parameter. Its text is the struct tag.
type Place string

// Places other than the body.
const (
	InPath   Place = "path"
	InQuery  Place = "query"
	InHeader Place = "header"
)

// Binding describes where the fields of a request go. The client encodes requests by it, and the function
// decodes them by it.
type Binding struct {
	Params  []Param  // fields tagged path, query or header, in order of declaration
	Members []string // names of the fields of the JSON body; empty if there is no body

	// MayBeEmpty names the members in which an empty string has a meaning. Elsewhere in a request an empty
	// value is rejected; it does not count as omitted.
	MayBeEmpty []string
}

// Param is a field of a request outside the body.
type Param struct {
	Place Place
	Name  string // id for {id}, the query parameter, or the header in canonical form

	MayBeEmpty bool // an empty value counts as omitted; elsewhere it is refused. Only Check has such parameters

	index []int // as for reflect.Value.FieldByIndex
	kind  kind
}

// kind is the encoding of a parameter.
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

// emptyTag is the tag that says what an empty string means in the member or its elements.
const emptyTag = "empty"

// Bind returns the binding of a request type, which is a struct. Fields of embedded structs belong to the
// request itself. Bind panics for a type that cannot be bound, which is a bug in this package; a test binds
// every operation.
func Bind(request reflect.Type) Binding {
	var b Binding
	b.add(request, nil)
	if len(b.Members) == 0 {
		return b
	}
	for _, p := range b.Params {
		if f := request.FieldByIndex(p.index); f.Tag.Get("json") != "-" {
			panic(fmt.Sprintf(`%s.%s: is in the %s, so it needs the tag json:"-" to stay out of the body`, request, f.Name, p.Place))
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
			panic(fmt.Sprintf("%s.%s: needs a tag: path, query, header or json", t, f.Name))
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
			return Param{Place: place, Name: name, MayBeEmpty: f.Tag.Get(emptyTag) != "", index: index, kind: kindOf(f)}, true
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
	panic(fmt.Sprintf("%s: a parameter cannot be a %s", f.Name, f.Type))
}

// Text returns the parameter's text before escaping. ok is false for a zero value, which is not sent.
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

// Set sets the parameter in the request, a pointer to the struct, from its text. If the text is invalid, ok
// is false and want describes a valid one: "an integer". A text that decodes to the zero value is invalid,
// because the zero value means that the parameter was omitted.
func (p Param) Set(request any, text string) (want string, ok bool) {
	v := reflect.ValueOf(request).Elem().FieldByIndex(p.index)
	switch p.kind {
	case intKind:
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || strconv.Itoa(n) != text { // 0 means omitted
			return "an integer from 1, such as 25", false
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

// strictTime reports whether a text that Go parses as a time is also valid under RFC 3339: two digits of an
// hour, a dot before a fraction, an offset within a day (https://go.dev/issue/54580).
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
