namespace Memento.Tests.Consistency;

/// <summary>A way to look at cells.</summary>
internal enum CellLook
{
    IndexRange,
    KeyRange,
    GroupAndValue,
    FirstByValue,
    LastByValue,
    FirstByKey,
    LastByKeyOfGroup,
    Page,
    Stream,
    CountOfGroup,
    CountOfAll,
    AnyOfRange,
    Greatest,
    Keys,
    NextKey,
    PreviousKey,
}
