package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoElements = `package app

// HTMLA is the interface of a link.
type HTMLA interface {
	UI

	// Body sets the content of the element.
	Body(elems ...UI) HTMLA
}

// A returns a link.
func A() HTMLA {
	e := &htmlA{
		htmlElement: htmlElement{
			tag: "a",
		},
	}
	return e
}

type htmlA struct {
	htmlElement
}

func (e *htmlA) Body(v ...UI) HTMLA {
	e.setChildren(v...)
	return e
}

func (e *htmlA) Text(v any) HTMLA {
	return e.Body(Text(v))
}

type HTMLP interface {
	UI

	Body(elems ...UI) HTMLP
}

type htmlP struct {
	htmlElement
}

func (e *htmlP) Body(v ...UI) HTMLP {
	e.setChildren(v...)
	return e
}
`

func TestElementsHaveOneType(t *testing.T) {
	const textarea = `
type HTMLTextarea interface {
	UI
}

type htmlTextarea struct {
	htmlElement
}

func (e *htmlTextarea) Text(v any) HTMLTextarea {
	e.setAttr("value", v)
	return e
}
`
	got, err := oneElement([]byte(twoElements + textarea))
	const want = `package app

// HTMLA is the interface of a link.
type HTMLA = *element

// A returns a link.
func A() HTMLA {
	e := &htmlA{
		htmlElement: htmlElement{
			tag: "a",
		},
	}
	return e
}

type htmlA = element

func (e *htmlA) Body(v ...UI) HTMLA {
	e.setChildren(v...)
	return e
}

func (e *htmlA) Text(v any) HTMLA {
	return e.Body(Text(v))
}

type HTMLP = *element

type htmlP = element
` + textarea + `
type element struct{ htmlElement }
`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestElementsThatDifferStayApart(t *testing.T) {
	for changed, want := range map[string]string{
		strings.Replace(twoElements, "\te.setChildren(v...)\n", "\te.setChildren(v[0])\n", 1): "Body of htmlP differs",
		strings.Replace(twoElements, "Body(v ...UI) HTMLP {", "Body(v UI) HTMLP {", 1):        "Body of htmlP differs",
		"package app\n": "no elements",
	} {
		if _, err := oneElement([]byte(changed)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, without %q", err, want)
		}
	}
}
