namespace Memento.LogStorage;

/// <summary>
/// Puts the states of the log together to groups. The states of a group follow each other without
/// a gap; a group with another state in its middle is void, whatever comes later.
/// </summary>
internal sealed class LogTail(long position)
{
    private readonly List<LogPart> _parts = [];

    /// <summary>The number of the next state.</summary>
    public long Next { get; private set; } = position + 1;

    /// <summary>The writer whose group the last states begin; null if they end one.</summary>
    public Guid? OpenWriter => _parts.Count > 0 ? _parts[0].Writer : null;

    /// <summary>Takes the next state; gives the group that it completes.</summary>
    public LogGroup? Take(ReadOnlyMemory<byte> state)
    {
        LogPart part = LogGroupCodec.ReadPart(state);
        Next++;
        bool goesOn = _parts.Count > 0 && part.Part == _parts.Count
            && part.Writer == _parts[0].Writer && part.Number == _parts[0].Number;
        if (!goesOn) _parts.Clear();
        if (part.Part != _parts.Count) return null;

        _parts.Add(part);
        if (_parts.Count < part.Parts) return null;

        LogGroup group = LogGroupCodec.Read(_parts);
        _parts.Clear();
        return group;
    }

    /// <summary>Takes the states of a whole group, which was just appended.</summary>
    public void TakeAll(int states)
    {
        _parts.Clear();
        Next += states;
    }
}
