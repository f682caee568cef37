using System.Buffers.Binary;
using Memento.Invariants;

namespace Memento.LogStorage;

/// <summary>
/// Rows in the order of their keys, as a checkpoint has written them: a stream of bytes, cut into
/// pieces, a state each. A run never changes.
/// </summary>
/// <param name="Id">Its number, which no other run ever had.</param>
/// <param name="Pieces">How many pieces it has.</param>
/// <param name="Bytes">The bytes of all its pieces.</param>
/// <param name="Last">The number of the last state of the log that has set one of its rows.</param>
internal sealed record Run(long Id, int Pieces, long Bytes, long Last);

/// <summary>
/// A piece of a run is not there: a checkpoint has merged the run since, and it was cleared; or
/// the storage has lost it.
/// </summary>
/// <param name="reason">The error of a lost piece.</param>
internal sealed class MissingPieceException(StorageException reason)
    : Exception(reason.Message, reason)
{
    /// <summary>The error of a lost piece.</summary>
    public StorageException Reason { get; } = reason;
}

/// <summary>Writes a run.</summary>
internal sealed class RunWriter(StateStore states, long id, int maxStateBytes)
{
    private readonly byte[] _lengths = new byte[2 * sizeof(int)];
    private readonly byte[] _piece = new byte[maxStateBytes];
    private int _length;
    private int _pieces;
    private long _bytes;

    public async Task AddAsync(LogRow row)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_lengths, row.Key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(
            _lengths.AsSpan(sizeof(int)), row.Document?.Length ?? -1);
        await AddAsync(_lengths).ConfigureAwait(false);
        await AddAsync(row.Key).ConfigureAwait(false);
        if (row.Document is not null) await AddAsync(row.Document).ConfigureAwait(false);
    }

    public async Task AddAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int length = Math.Min(bytes.Length, _piece.Length - _length);
            bytes[..length].CopyTo(_piece.AsMemory(_length));
            bytes = bytes[length..];
            _length += length;
            if (_length == _piece.Length) await FlushAsync().ConfigureAwait(false);
        }
    }

    /// <param name="last">
    /// The number of the last state of the log that has set one of the rows.
    /// </param>
    public async Task<Run> EndAsync(long last)
    {
        if (_length > 0) await FlushAsync().ConfigureAwait(false);
        return new Run(id, _pieces, _bytes, last);
    }

    private async Task FlushAsync()
    {
        string key = StateKeys.Piece(id, _pieces);
        bool isNew = await states.TryCreateAsync(key, _piece.AsMemory(0, _length))
            .ConfigureAwait(false);
        Invariant.Holds(isNew, $"a run is written once ({key})");
        _pieces++;
        _bytes += _length;
        _length = 0;
    }
}

/// <summary>Reads a run, a few pieces ahead.</summary>
internal sealed class RunReader(StateStore states, Run run) : IAsyncDisposable
{
    /// <summary>The pieces that are read ahead, and so the memory of a reader.</summary>
    private const int Ahead = 4;

    private readonly Queue<Task<KnownState?>> _reading = new();
    private ReadOnlyMemory<byte> _rest;
    private int _asked;
    private int _read;

    /// <summary>The next row; null at the end.</summary>
    /// <exception cref="MissingPieceException">A piece is not there.</exception>
    public async Task<LogRow?> ReadRowAsync()
    {
        if (_rest.Length == 0 && !await FillAsync(1).ConfigureAwait(false)) return null;

        ReadOnlyMemory<byte> lengths = await ReadAsync(2 * sizeof(int)).ConfigureAwait(false);
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(lengths.Span);
        int documentLength =
            BinaryPrimitives.ReadInt32LittleEndian(lengths.Span[sizeof(int)..]);
        byte[] key = (await ReadAsync(keyLength).ConfigureAwait(false)).ToArray();
        byte[]? document = documentLength < 0
            ? null
            : (await ReadAsync(documentLength).ConfigureAwait(false)).ToArray();
        return new LogRow(key, document);
    }

    /// <summary>All bytes of the run, for one that is known to be small.</summary>
    /// <exception cref="MissingPieceException">A piece is not there.</exception>
    public Task<ReadOnlyMemory<byte>> ReadAllAsync() => ReadAsync(checked((int)run.Bytes));

    /// <summary>Ends what is read ahead. Whether that fails is nothing to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_reading.TryDequeue(out Task<KnownState?>? ahead))
            await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(int length)
    {
        bool isThere = await FillAsync(length).ConfigureAwait(false);
        Invariant.Holds(isThere, $"run {run.Id} ends with a whole row");
        ReadOnlyMemory<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    private async Task<bool> FillAsync(int length)
    {
        if (_rest.Length >= length) return true;

        List<ReadOnlyMemory<byte>> pieces = [_rest];
        int known = _rest.Length;
        while (known < length && _read < run.Pieces)
        {
            ReadOnlyMemory<byte> piece = await ReadPieceAsync().ConfigureAwait(false);
            pieces.Add(piece);
            known += piece.Length;
        }

        byte[] joined = new byte[known];
        int at = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.CopyTo(joined.AsMemory(at));
            at += piece.Length;
        }

        _rest = joined;
        return known >= length;
    }

    private async Task<ReadOnlyMemory<byte>> ReadPieceAsync()
    {
        while (_asked < run.Pieces && _reading.Count < Ahead)
            _reading.Enqueue(states.ReadAsync(StateKeys.Piece(run.Id, _asked++)));
        KnownState? piece = await _reading.Dequeue().ConfigureAwait(false);
        if (piece is null)
            throw new MissingPieceException(states.Missing(StateKeys.Piece(run.Id, _read)));
        _read++;
        return piece.Content;
    }
}
