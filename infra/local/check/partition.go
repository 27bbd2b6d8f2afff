package check

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// A partition stores items in temporary files. All items of a record are in one file. A file with too many items is
// divided by another partition before it is read.
//
// The files are unlinked as soon as they are open, so that nothing is left of them even after a crash, and no other
// user can open them.
type partition struct {
	files  []*file
	most   int // items that are read at once
	within int // number of partitions that this one is part of
	seed   maphash.Seed
}

type file struct {
	*os.File
	buffer *bufio.Writer
	to     *gob.Encoder
	items  int
}

const (
	manyFiles   = 512
	mostItems   = 5000 // take about 10 MB of memory
	bufferBytes = 8192 // the buffer of each file
)

// newPartition returns an empty partition of that many files.
func newPartition(files, most int) (*partition, error) {
	folder, err := os.MkdirTemp("", "arxkeys-check-") // with access for its owner only
	if err != nil {
		return nil, err
	}
	defer os.Remove(folder)
	p := &partition{most: most, seed: maphash.MakeSeed()}
	for i := range files {
		name := filepath.Join(folder, fmt.Sprint(i))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err == nil {
			err = os.Remove(name)
		}
		if err != nil {
			p.close()
			return nil, err
		}
		buffer := bufio.NewWriterSize(f, bufferBytes)
		p.files = append(p.files, &file{File: f, buffer: buffer, to: gob.NewEncoder(buffer)})
	}
	return p, nil
}

func (p *partition) close() {
	for _, f := range p.files {
		f.Close()
	}
}

// put adds an item to the others of the record.
func (p *partition) put(record string, item table.Item) error {
	return p.add(entry{record, flattened(item)})
}

func (p *partition) add(e entry) error {
	f := p.files[maphash.String(p.seed, e.Record)%uint64(len(p.files))]
	f.items++
	return f.to.Encode(e)
}

// all iterates over the items, file by file. It ends with the first error.
func (p *partition) all() iter.Seq2[[]table.Item, error] {
	return func(yield func([]table.Item, error) bool) {
		for _, f := range p.files {
			if f.items > p.most && p.within < deepest {
				for items, err := range p.divided(f) {
					if !yield(items, err) || err != nil {
						return
					}
				}
				continue
			}
			var items []table.Item
			err := f.read(func(e entry) error {
				items = append(items, e.item())
				return nil
			})
			if !yield(items, err) || err != nil {
				return
			}
		}
	}
}

// deepest limits how often files are divided: all items of a record stay in one file, however many they are.
const deepest = 3

// divided iterates over the items of the file, which is divided by another partition.
func (p *partition) divided(f *file) iter.Seq2[[]table.Item, error] {
	return func(yield func([]table.Item, error) bool) {
		parts, err := newPartition(min(max(8, 2*f.items/p.most), manyFiles), p.most)
		if err != nil {
			yield(nil, err)
			return
		}
		defer parts.close()
		parts.within = p.within + 1
		if err := f.read(parts.add); err != nil {
			yield(nil, err)
			return
		}
		parts.all()(yield)
	}
}

// read calls take with each entry of the file.
func (f *file) read(take func(entry) error) error {
	if err := f.buffer.Flush(); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	from := gob.NewDecoder(bufio.NewReader(f))
	for {
		var e entry
		err := from.Decode(&e)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(e)
		}
		if err != nil {
			return err
		}
	}
}

// entry is an item in the format of the files, with its record.
type entry struct {
	Record string
	Values []value
}

func (e entry) item() table.Item {
	item := table.Item{}
	for _, v := range e.Values {
		item[v.Name] = v.attribute()
	}
	return item
}

// value is an attribute value in the format of the files. In a list, its name is empty.
type value struct {
	Name   string
	Kind   kind
	Text   string
	Values []value
}

type kind byte

const (
	isText kind = iota
	isNumber
	isBytes
	isList
	isMap
	isOther
)

func flattened(item map[string]types.AttributeValue) []value {
	values := make([]value, 0, len(item))
	for name, v := range item {
		values = append(values, flat(name, v))
	}
	return values
}

func flat(name string, of types.AttributeValue) value {
	switch v := of.(type) {
	case *types.AttributeValueMemberS:
		return value{Name: name, Kind: isText, Text: v.Value}
	case *types.AttributeValueMemberN:
		return value{Name: name, Kind: isNumber, Text: v.Value}
	case *types.AttributeValueMemberB:
		return value{Name: name, Kind: isBytes, Text: string(v.Value)}
	case *types.AttributeValueMemberL:
		list := make([]value, len(v.Value))
		for i, e := range v.Value {
			list[i] = flat("", e)
		}
		return value{Name: name, Kind: isList, Values: list}
	case *types.AttributeValueMemberM:
		return value{Name: name, Kind: isMap, Values: flattened(v.Value)}
	}
	return value{Name: name, Kind: isOther} // no store writes it, so it differs from every expected value
}

func (v value) attribute() types.AttributeValue {
	switch v.Kind {
	case isText:
		return &types.AttributeValueMemberS{Value: v.Text}
	case isNumber:
		return &types.AttributeValueMemberN{Value: v.Text}
	case isBytes:
		return &types.AttributeValueMemberB{Value: []byte(v.Text)}
	case isList:
		list := make([]types.AttributeValue, len(v.Values))
		for i, e := range v.Values {
			list[i] = e.attribute()
		}
		return &types.AttributeValueMemberL{Value: list}
	case isMap:
		members := map[string]types.AttributeValue{}
		for _, e := range v.Values {
			members[e.Name] = e.attribute()
		}
		return &types.AttributeValueMemberM{Value: members}
	}
	return &types.AttributeValueMemberNULL{Value: true}
}
