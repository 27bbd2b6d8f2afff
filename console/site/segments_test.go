package main

import (
	"slices"
	"strings"
	"testing"
)

const (
	memorySection = "\x05\x03\x01\x00\x02"
	customSection = "\x00\x09\x04notekept"
)

// moduleWith returns a WebAssembly module with the segments in its data section.
func moduleWith(segments ...string) []byte {
	section := append([]byte{byte(len(segments))}, strings.Join(segments, "")...)
	return appendSized([]byte(wasmHeader+memorySection+"\x0b"), section)
}

func TestDataIsInOneSegmentWithEachByteAtItsAddress(t *testing.T) {
	const (
		at300 = "\x00\x41\xac\x02\x0b\x03far"
		at100 = "\x00\x41\xe4\x00\x0b\x04near"
		at112 = "\x00\x41\xf0\x00\x0b\x05after"
	)
	got, err := oneSegment(append(moduleWith(at300, at100, at112), customSection...))
	if err != nil {
		t.Fatal(err)
	}
	data := slices.Concat([]byte("near"), make([]byte, 8), []byte("after"), make([]byte, 300-117), []byte("far"))
	want := append(moduleWith("\x00\x41\xe4\x00\x0b"+string(appendSized(nil, data))), customSection...)
	if string(got) != string(want) {
		t.Errorf("the module is\n%q, not\n%q", got, want)
	}
	if again, err := oneSegment(got); err != nil || string(again) != string(got) {
		t.Errorf("a module with one segment becomes %q, %v", again, err)
	}
}

func TestModuleThatIsNotUnderstoodIsNotBuilt(t *testing.T) {
	const at100 = "\x00\x41\xe4\x00\x0b\x04near"
	for module, want := range map[string]string{
		"program":                      "not a WebAssembly module",
		wasmHeader + "\x0b\x05":        "section 11 of the program: its end is missing",
		wasmHeader + "\x0b\xff":        "section 11 of the program: a number is incomplete",
		string(moduleWith("\x01\x01")): "no fixed address",
		string(moduleWith("\x00\x41\xff\xff\xff\xff\x7f\x0b\x01a")): "wrong address", // -1
		string(moduleWith(at100[:len(at100)-1])):                    "its end is missing",
		string(moduleWith(at100, "\x00\x41\xe7\x00\x0b\x01a")):      "segments overlap",
	} {
		if got, err := oneSegment([]byte(module)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q becomes %q, %v, without %q", module, got, err, want)
		}
	}
}
