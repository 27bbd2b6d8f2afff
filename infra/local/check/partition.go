package check

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// A partition holds items in temporary files, by the records that they are about: all items of a record are in one file.
//
// The files have no name from the moment they are open, so that nothing is left of them however the program ends, and nobody
// else can open them.
type partition struct{ files []*file }

type file struct {
	*os.File
	buffer *bufio.Writer
	to     *gob.Encoder
}

const (
	manyFiles   = 512  // each holds 2,000 of a million keys, which take 50 MB
	bufferBytes = 8192 // of each
)

func newPartition() (*partition, error) {
	folder, err := os.MkdirTemp("", "arxkeys-check-") // which only its owner can enter
	if err != nil {
		return nil, err
	}
	defer os.Remove(folder)
	p := &partition{}
	for i := range manyFiles {
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
		p.files = append(p.files, &file{f, buffer, gob.NewEncoder(buffer)})
	}
	return p, nil
}

func (p *partition) close() {
	for _, f := range p.files {
		f.Close()
	}
}

// put puts an item to all others that are about the record.
func (p *partition) put(record string, item table.Item) error {
	sum := fnv.New32a()
	io.WriteString(sum, record)
	return p.files[sum.Sum32()%manyFiles].to.Encode(flattened(item))
}

// all goes through the items, file by file. It ends with the first error.
func (p *partition) all() iter.Seq2[[]table.Item, error] {
	return func(yield func([]table.Item, error) bool) {
		for _, f := range p.files {
			items, err := f.items()
			if !yield(items, err) || err != nil {
				return
			}
		}
	}
}

func (f *file) items() (items []table.Item, err error) {
	if err := f.buffer.Flush(); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	from := gob.NewDecoder(bufio.NewReader(f))
	for {
		var values []value
		switch err := from.Decode(&values); {
		case errors.Is(err, io.EOF):
			return items, nil
		case err != nil:
			return nil, err
		}
		item := table.Item{}
		for _, v := range values {
			item[v.Name] = v.attribute()
		}
		items = append(items, item)
	}
}

// value is an attribute value as it lies in a file. Its name is empty in a list.
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
	return value{Name: name, Kind: isOther} // which no store writes: it differs from whatever has to be there
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
