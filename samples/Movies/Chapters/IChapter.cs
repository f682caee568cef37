using Memento;
using Movies.Output;

namespace Movies.Chapters;

/// <summary>A part of the walk. It can be run any number of times and leaves the store as it should be.</summary>
internal interface IChapter
{
    string Title { get; }

    Task RunAsync(IMemento memento, Narrator narrator, CancellationToken cancellationToken);
}
