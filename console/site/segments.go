package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// wasmHeader begins each WebAssembly module.
const wasmHeader = "\x00asm\x01\x00\x00\x00"

// dataSection is the id of the section of a WebAssembly module that contains the initial data of its memory.
const dataSection = 11

// oneSegment returns the WebAssembly module with its data in one segment.
//
// Go's linker leaves out runs of eight zeros, which splits the console's data into 100,000 segments. Brotli needs
// hardly any space for zeros, but much for the addresses of segments. With one segment the program is a megabyte larger,
// but its compressed size is 100 KB smaller.
func oneSegment(module []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(module, []byte(wasmHeader))
	if !ok {
		return nil, errors.New("the program is not a WebAssembly module of version 1")
	}
	out := []byte(wasmHeader)
	for len(rest) > 0 {
		id := rest[0]
		content, after, err := cutSized(rest[1:])
		if err != nil {
			return nil, fmt.Errorf("section %d of the program: %w", id, err)
		}
		if id == dataSection {
			if content, err = joinSegments(content); err != nil {
				return nil, fmt.Errorf("data of the program: %w", err)
			}
		}
		out = appendSized(append(out, id), content)
		rest = after
	}
	return out, nil
}

// joinSegments returns the content of a data section with one segment instead of its segments. It fills the gaps with
// zeros, which memory contains there anyway.
func joinSegments(section []byte) ([]byte, error) {
	count, rest, err := cutNumber(section)
	if err != nil {
		return nil, err
	}
	if count == 0 {
		return section, nil
	}
	type segment struct {
		address uint64
		head    []byte // everything before its data: the memory's number and the address
		data    []byte
	}
	var segments []segment
	for range count {
		const memory, i32Const, end = 0, 0x41, 0x0b
		at := rest
		if !bytes.HasPrefix(at, []byte{memory, i32Const}) {
			return nil, errors.New("a segment has no fixed address")
		}
		var s segment
		if s.address, rest, err = cutNumber(at[2:]); err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(rest, []byte{end}) || s.address > math.MaxInt32 {
			return nil, errors.New("a segment has a wrong address")
		}
		s.head = at[:len(at)-len(rest)+1]
		if s.data, rest, err = cutSized(rest[1:]); err != nil {
			return nil, err
		}
		segments = append(segments, s)
	}
	slices.SortFunc(segments, func(a, b segment) int { return cmp.Compare(a.address, b.address) })
	first := segments[0]
	var data []byte
	for _, s := range segments {
		gap := int(s.address-first.address) - len(data)
		if gap < 0 {
			return nil, errors.New("segments overlap")
		}
		data = append(append(data, make([]byte, gap)...), s.data...)
	}
	return appendSized(append([]byte{1}, first.head...), data), nil
}

// cutNumber returns the LEB128 number at the beginning of b, and the bytes after it.
func cutNumber(b []byte) (n uint64, after []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil, errors.New("a number is incomplete")
	}
	return n, b[size:], nil
}

// cutSized returns the bytes whose length is at the beginning of b, and the bytes after them.
func cutSized(b []byte) (content, after []byte, err error) {
	n, rest, err := cutNumber(b)
	if err != nil {
		return nil, nil, err
	}
	if n > uint64(len(rest)) {
		return nil, nil, errors.New("its end is missing")
	}
	return rest[:n], rest[n:], nil
}

func appendSized(b, content []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}
