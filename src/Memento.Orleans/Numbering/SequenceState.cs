namespace Memento.Numbering;

/// <summary>The stored form of a sequence.</summary>
internal sealed class SequenceState
{
    /// <summary>Every number up to here may have been given.</summary>
    public long Last { get; set; }

    /// <summary>The explicit key above which it last went on; null for none.</summary>
    public long? RaisedBy { get; set; }
}
