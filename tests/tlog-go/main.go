// Reads a public record with the Go project's own transparency-log packages, which know nothing of
// this service: whatever is not as they expect it ends the program with a reason and exit code 1.
//
// usage: tlog-go SOURCE, where SOURCE is a folder or the http address below which
// checkpoint, vkey and tile/… are found.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlog-go FOLDER|URL")
		os.Exit(2)
	}
	tree, err := verify(&source{at: os.Args[1], tiles: map[string][]byte{}})
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Printf("verified %d %v\n", tree.N, tree.Hash)
}

func verify(from *source) (tree tlog.Tree, err error) {
	if tree, err = checkpoint(from); err != nil {
		return tree, err
	}
	// This reader checks every tile against the tree's hash before it gives out a hash.
	hashes := tlog.TileHashReader(tree, from)
	entries, err := entries(from, tree.N)
	if err != nil {
		return tree, err
	}
	for n, entry := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(n), hashes)
		if err != nil {
			return tree, fmt.Errorf("entry %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(n), tlog.RecordHash(entry)); err != nil {
			return tree, fmt.Errorf("entry %d: %w", n, err)
		}
	}
	return tree, consistency(tree, hashes, entries)
}

// The signature of the one key that the record names, over origin, size and root.
func checkpoint(from *source) (tree tlog.Tree, err error) {
	vkey, err := from.read("vkey")
	if err != nil {
		return tree, err
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return tree, fmt.Errorf("vkey: %w", err)
	}
	signed, err := from.read("checkpoint")
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("checkpoint: not of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, fmt.Errorf("checkpoint: size: %w", err)
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, fmt.Errorf("checkpoint: root: %w", err)
	}
	return tree, nil
}

// Every earlier tree, as the entries themselves give it, is a beginning of this one.
func consistency(tree tlog.Tree, hashes tlog.HashReader, entries [][]byte) error {
	var stored []tlog.Hash
	own := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, entry := range entries {
		more, err := tlog.StoredHashes(int64(n), entry, own)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
		old, err := tlog.TreeHash(int64(n)+1, own)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, int64(n)+1, hashes)
		if err != nil {
			return fmt.Errorf("consistency of %d: %w", n+1, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, int64(n)+1, old); err != nil {
			return fmt.Errorf("consistency of %d: %w", n+1, err)
		}
	}
	return nil
}

func entries(from *source, size int64) (all [][]byte, err error) {
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := from.read(path)
		if err != nil {
			return nil, err
		}
		rest := bytes.NewReader(bundle)
		for i := int64(0); i < width; i++ {
			var length uint16
			if err := binary.Read(rest, binary.BigEndian, &length); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			entry := make([]byte, length)
			if _, err := io.ReadFull(rest, entry); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			all = append(all, entry)
		}
		if rest.Len() != 0 {
			return nil, fmt.Errorf("%s: %d bytes too many", path, rest.Len())
		}
	}
	return all, nil
}

// A source is also the reader of tiles that the packages ask for.
type source struct {
	at    string
	tiles map[string][]byte
}

func (s *source) Height() int { return 8 }

// The packages name the tiles' height in the path; the C2SP format has only one height and does not.
func (s *source) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, known := s.tiles[path]
		if !known {
			if content, err = s.read(path); err != nil {
				return nil, err
			}
			s.tiles[path] = content
		}
		data = append(data, content)
	}
	return data, nil
}

func (s *source) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (s *source) read(path string) ([]byte, error) {
	if !strings.HasPrefix(s.at, "http://") {
		return os.ReadFile(filepath.Join(s.at, filepath.FromSlash(path)))
	}
	answer, err := http.Get(s.at + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
