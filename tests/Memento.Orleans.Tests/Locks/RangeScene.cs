using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks;

/// <summary>Short words for points and ranges of records.</summary>
internal static class RangeScene
{
    public static LockResource Point(byte key) => LockResource.Record(new Key([key]));

    public static LockResource Range(byte from, byte to)
        => LockResource.Range(KeySpace.Records, new Key([from]), new Key([to]));
}
