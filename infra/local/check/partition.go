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

// A partition stores items in temporary files. All items of a record are in one file.
//
// The files are unlinked as soon as they are open, so that nothing is left of them even after a crash, and no other
// user can open them.
type partition struct{ files []*file }

type file struct {
	*os.File
	buffer *bufio.Writer
	to     *gob.Encoder
}

const (
	manyFiles   = 512  // for a million keys, each has 2,000 keys, which take 50 MB of memory
	bufferBytes = 8192 // the buffer of each file
)

func newPartition() (*partition, error) {
	folder, err := os.MkdirTemp("", "arxkeys-check-") // with access for its owner only
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

// put adds an item to the others of the record.
func (p *partition) put(record string, item table.Item) error {
	sum := fnv.New32a()
	io.WriteString(sum, record)
	return p.files[sum.Sum32()%manyFiles].to.Encode(flattened(item))
}

// all iterates over the items, file by file. It ends with the first error.
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
