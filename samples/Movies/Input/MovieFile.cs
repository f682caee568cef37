using System.Security.Cryptography;
using System.Text.Json;
using Movies.Tables;

namespace Movies.Input;

/// <summary>
/// A JSON file with a list of films, which are read one by one: a mistake does not affect the films
/// before it.
/// </summary>
internal sealed class MovieFile
{
    private readonly byte[] _json;
    private readonly List<SkippedRecord> _skipped = [];
    private JsonReaderState _state;
    private bool _isInList;
    private long _line = 1;
    private long _recordLine;

    private MovieFile(string path, byte[] json)
    {
        Path = path;
        _json = json;
        Hash = Convert.ToHexStringLower(SHA256.HashData(json));
        Position = json.AsSpan().StartsWith("\uFEFF"u8) ? "\uFEFF"u8.Length : 0;
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The SHA-256 of the content.</summary>
    public string Hash { get; }

    /// <summary>The length in bytes.</summary>
    public int Length => _json.Length;

    /// <summary>How many bytes have been read.</summary>
    public int Position { get; private set; }

    /// <summary>How many records have been read, the skipped ones too.</summary>
    public int RecordCount { get; private set; }

    /// <summary>The records so far that could not be read as a film.</summary>
    public IReadOnlyList<SkippedRecord> Skipped => _skipped;

    /// <exception cref="MovieFileException">The file cannot be opened.</exception>
    public static async Task<MovieFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new MovieFile(path, await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MovieFileException(
                $"The films cannot be read: {failure.Message} Name another file with --data.",
                failure);
        }
    }

    /// <summary>
    /// The next film, or null at the end. Records that are not films are skipped.
    /// </summary>
    /// <exception cref="MovieFileException">The rest of the file is not JSON.</exception>
    public Movie? ReadNext()
    {
        while (ReadRecord() is { } record)
        {
            RecordCount++;
            try
            {
                return MovieReader.Read(record);
            }
            catch (NotAFilmException notAFilm)
            {
                _skipped.Add(new SkippedRecord(RecordCount, _recordLine, notAFilm.Message));
            }
        }

        return null;
    }

    private JsonElement? ReadRecord()
    {
        try
        {
            var reader = new Utf8JsonReader(_json.AsSpan(Position), isFinalBlock: true, _state);
            if (!_isInList) EnterList(ref reader);
            if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray)
            {
                // Once more, to find text after the list.
                reader.Read();
                MoveTo(_json.Length);
                return null;
            }

            int origin = Position;
            MoveTo(origin + (int)reader.TokenStartIndex);
            _recordLine = _line;
            JsonElement record = JsonElement.ParseValue(ref reader);
            MoveTo(origin + (int)reader.BytesConsumed);
            _state = reader.CurrentState;
            return record;
        }
        catch (JsonException failure)
        {
            throw NotJson(failure);
        }
    }

    private void EnterList(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new MovieFileException(
                $"{Name} is not a list of films: it does not start with '['. Name another file "
                + "with --data.");
        }

        _isInList = true;
    }

    private void MoveTo(int position)
    {
        _line += _json.AsSpan(Position..position).Count((byte)'\n');
        Position = position;
    }

    private MovieFileException NotJson(JsonException failure)
    {
        // The parser counts from 0, and has that number at the end of its message; people count
        // from 1.
        string reason = failure.Message.Split(" LineNumber:")[0];
        long line = (failure.LineNumber ?? _line - 1) + 1;
        long column = (failure.BytePositionInLine ?? 0) + 1;
        return new MovieFileException(
            $"{Name} is not JSON at line {line}, position {column} (record {RecordCount + 1}): "
            + reason,
            failure);
    }
}
